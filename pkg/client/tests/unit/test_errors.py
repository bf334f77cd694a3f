"""Answers that are errors."""

import httpx
import pytest
from fiapx.errors import ProblemField, problem_of, read_retry_after

NOON = 1_793_534_400.0  # 2026-11-01T12:00:00Z


def test_a_problem_document_is_told_field_by_field() -> None:
    body = {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "code": "invalid_options",
        "detail": "Some options are not lawful.",
        "trace_id": "0af7",
        "errors": [{"field": "sampling.fps", "message": "must be above 0", "code": "value_error"}],
    }
    problem = problem_of(httpx.Response(422, json=body, headers={"Retry-After": "3"}))
    assert (problem.code, problem.status, problem.trace_id) == ("invalid_options", 422, "0af7")
    assert problem.errors == (ProblemField("sampling.fps", "must be above 0", "value_error"),)
    assert problem.retry_after_s == 3
    assert str(problem) == "422 invalid_options: Some options are not lawful. sampling.fps: must be above 0"


@pytest.mark.parametrize("content", [b"<html>Bad Gateway</html>", b"", b"[]", b'{"code": 5}'])
def test_a_page_of_some_proxy_becomes_a_problem_by_its_status(content: bytes) -> None:
    problem = problem_of(httpx.Response(502, content=content))
    assert (problem.code, problem.title, problem.status) == ("http_502", "Bad Gateway", 502)


def test_a_status_that_nobody_knows_is_told_by_its_number() -> None:
    assert problem_of(httpx.Response(599)).title == "HTTP 599"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Sun, 01 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str | None, expected: float | None) -> None:
    assert read_retry_after(value, now=NOON) == expected
