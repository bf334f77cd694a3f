"""Logs: ECS lines, traces in them, secrets not."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog
from fiapx_common.logs import configure_logging
from fiapx_common.settings import TelemetrySettings
from opentelemetry.sdk.trace import TracerProvider


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("a-service", TelemetrySettings())
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    parsed = json.loads(capsys.readouterr().out)
    assert isinstance(parsed, dict)
    return parsed


def test_an_event_is_one_ecs_line_with_its_fields_in_our_own_namespace(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("x").info("video.queued", video_id="v1")
    written = line(capsys)
    assert written["message"] == "video.queued"
    assert written["fiapx"] == {"video_id": "v1"}
    assert written["log.level"] == "info"
    assert written["log"] == {"logger": "x"}
    assert written["service"] == {"name": "a-service"}
    assert "@timestamp" in written
    assert "ecs.version" in written or "ecs" in written


def test_a_line_of_the_standard_library_has_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("other").warning("hello %s", "there")
    assert line(capsys)["message"] == "hello there"


@pytest.mark.parametrize("name", ["password", "refresh_token", "Authorization", "secret_key", "dsn"])
def test_a_secret_is_never_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("something", **{name: "canary-7261", "inner": {name: "canary-7261"}})
    assert "canary-7261" not in capsys.readouterr().out


def test_a_line_inside_a_span_carries_its_trace_id(capsys: pytest.CaptureFixture[str]) -> None:
    with TracerProvider().get_tracer("t").start_as_current_span("s") as span:
        structlog.get_logger().info("inside")
    assert line(capsys)["trace"] == {"id": f"{span.get_span_context().trace_id:032x}"}


def test_an_exception_is_written_with_its_stack(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int("broken")
    except ValueError:
        structlog.get_logger().exception("it.broke")
    error = line(capsys)["error"]
    assert isinstance(error, dict)
    assert (error["type"], "broken" in error["message"], "broken" in error["stack_trace"]) == ("ValueError", True, True)


def test_an_error_that_is_only_told_has_the_same_form_as_one_with_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning("round.skipped", error="store_unavailable")
    assert line(capsys)["error"] == {"message": "store_unavailable"}


def test_the_name_of_an_event_is_its_action(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("video.queued")
    assert line(capsys)["event"] == {"action": "video.queued"}


def test_a_librarys_sentence_is_no_action(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("other").warning("hello")
    assert "event" not in line(capsys)


def test_a_time_is_written_as_iso_8601(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("signing_key.made", signs_from=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert line(capsys)["fiapx"] == {"signs_from": "2026-01-02T03:04:05+00:00"}
