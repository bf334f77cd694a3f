"""The registry of codes (pkg/models) tells of every code that an answer may carry, and of no other."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest
from fiapx_engine.plan_warnings import WarningCode
from fiapx_models.problems import LANGUAGES, registry
from fiapx_testing.raised_codes import RaisedCode, raised_codes

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = [
    file
    for place in ("api-gateway", "auth-service", "upload-service", "processing-service", "notification-service")
    for file in (ROOT / place / "src").rglob("*.py")
] + [*(ROOT / "pkg" / "common" / "src").rglob("*.py")]

BY_THEMSELVES: Final = {
    RaisedCode("internal_error", 500, "Whatever nobody has foreseen."),
    RaisedCode("http_400", 400, None),  # FastAPI, of a body that is no text or is nested too deep
    RaisedCode("unsupported_container", 422, None),  # an estimate of a stored file, as its job would fail
}
WITHIN: Final = {
    # of the broker, of mails and of webhooks: nobody waits for them with a request
    *("message_unroutable", "broker_refused", "broker_timeout", "broker_unavailable", "consumer_waiting"),
    *("recipient_unknown", "letter_deferred", "channel_down"),
    *("receiver_silent", "target_failed"),
    # of the store: whoever asks it makes something else of them
    *("object_not_found", "multipart_not_found", "invalid_parts", "range_not_satisfiable"),
    # of readiness
    *("not_serving", "stopping"),
    # of operators' commands
    *("job_not_found", "process_not_found", "job_has_ended"),
    *("nothing_chosen", "dead_letter_not_found", "ambiguous_id"),
}
"""Codes of errors that are never an answer of the API."""


def found() -> dict[str, set[RaisedCode]]:
    by_code: dict[str, set[RaisedCode]] = defaultdict(set)
    for one in raised_codes(SOURCES) | BY_THEMSELVES:
        if one.status is not None:
            by_code[one.code].add(one)
    return by_code


FOUND: Final = found()


def test_every_code_that_is_raised_is_in_the_registry_and_no_other() -> None:
    assert {*FOUND} - WITHIN == {*registry().problems}


def test_what_is_said_to_stay_within_is_raised() -> None:
    assert WITHIN - {*FOUND} == set()


@pytest.mark.parametrize("code", registry().problems)
def test_a_code_is_told_with_the_statuses_of_its_answers(code: str) -> None:
    assert {one.status for one in FOUND[code]} == {*registry().problems[code].statuses}


@pytest.mark.parametrize("code", registry().problems)
def test_a_detail_varies_where_those_who_refuse_say_different_things(code: str) -> None:
    details = {one.detail for one in FOUND[code]}
    assert registry().problems[code].varies == (None in details or len(details) > 1)


def test_every_warning_is_in_the_registry_and_no_other() -> None:
    assert {*registry().warnings} == {*WarningCode, "result_reused"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_words_of_its_own_for_no_code_that_nobody_tells(language: str) -> None:
    texts = (ROOT / "frontend" / "src" / "i18n" / f"{language}.ts").read_text()
    [known] = re.findall(r"\n    known: {\n(.*?)\n    },\n", texts, re.DOTALL)
    codes = {*re.findall(r"^      (\w+):", known, re.MULTILINE)}
    assert len(codes) > 20
    assert codes - {*registry().problems} == set()
