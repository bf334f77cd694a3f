"""Rows for people."""

from datetime import UTC, datetime, timedelta, timezone

from fiapx_common.operating.tables import Row, table

ROWS: list[Row] = [
    {"name": "red", "seen_at": datetime(2026, 11, 30, 9, 0, tzinfo=UTC), "count": 3},
    {"name": "ultramarine", "seen_at": None, "count": 0},
]
TABLE = """\
NAME         SEEN AT               COUNT
red          2026-11-30 09:00:00Z  3
ultramarine  -                     0"""
EXPANDED = """\
name     red
seen at  2026-11-30 09:00:00Z
count    3

name     ultramarine
seen at  -
count    0"""


def test_rows_that_fit_are_a_table() -> None:
    assert table(ROWS, 40) == TABLE


def test_rows_too_wide_for_the_terminal_have_a_line_for_each_value() -> None:
    assert table(ROWS, 39) == EXPANDED


def test_no_rows_are_no_text() -> None:
    assert table([], 80) == ""


def test_times_are_told_in_utc() -> None:
    moment = datetime(2026, 11, 30, 6, 0, tzinfo=timezone(timedelta(hours=-3)))
    assert table([{"at": moment}], 80) == "AT\n2026-11-30 09:00:00Z"


def test_what_a_stranger_sent_does_not_steer_the_terminal() -> None:
    assert table([{"reason": "\x1b[2Jgone\n\x07ação"}], 80) == "REASON\n�[2Jgone��ação"


def test_yes_and_no_are_words() -> None:
    assert table([{"verified": True, "disabled": False}], 80) == "VERIFIED  DISABLED\nyes       no"
