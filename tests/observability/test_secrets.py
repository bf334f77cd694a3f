"""No secret of a run is in any log or any span."""

from dataclasses import astuple
from pathlib import Path

import pytest
from fiapx_testing.journeys import Journey
from fiapx_testing.platforms import Platform
from fiapx_testing.traces import TraceReceiver

SHORTEST = 12
"""What is shorter is found by chance."""


@pytest.fixture(scope="module")
def secrets(platform: Platform, journey: Journey) -> dict[str, str]:
    """By what each is: those of the person, and those that the services were given."""
    given = {file.name: file.read_text().strip() for file in platform.stack.settings.layout.secrets.iterdir()}
    return {name: secret for name, secret in (given | journey.secrets).items() if len(secret) >= SHORTEST}


def test_the_run_had_secrets_of_every_kind(secrets: dict[str, str]) -> None:
    kinds = {"password", "access_token", "refresh_token", "signature of a presigned address", "token of a share"}
    assert kinds <= set(secrets)
    assert any("mail" in name for name in secrets)
    assert len(secrets) > len(kinds) + 5


def test_no_log_holds_a_secret(platform: Platform, secrets: dict[str, str]) -> None:
    files = [file for file in platform.stack.settings.layout.logs.iterdir() if file.suffix == ".log"]
    assert len(files) > 10
    assert _leaks("\n".join(file.read_text(errors="replace") for file in files), secrets) == []


def test_no_span_holds_a_secret(traces: TraceReceiver, secrets: dict[str, str]) -> None:
    spans = traces.spans()
    assert len(spans) > 100
    assert _leaks(repr([astuple(span) for span in spans]), secrets) == []


def test_no_span_holds_an_address_of_a_person(traces: TraceReceiver, journey: Journey) -> None:
    assert [span for span in traces.spans() if journey.address in repr(astuple(span))] == []


def test_no_log_holds_an_address_of_a_person(platform: Platform, journey: Journey) -> None:
    found = [file for file in _services_logs(platform) if journey.address in file.read_text(errors="replace")]
    assert found == []


def _services_logs(platform: Platform) -> list[Path]:
    ours = ("auth", "upload", "planner", "worker", "notification", "gateway")
    return [file for file in platform.stack.settings.layout.logs.iterdir() if file.name.startswith(ours)]


def _leaks(text: str, secrets: dict[str, str]) -> list[str]:
    return [name for name, secret in secrets.items() if secret in text]
