"""Text that users typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notification_service.entities.shown_text import shown


@given(st.text(max_size=400), st.integers(min_value=20, max_value=200))
def test_whatever_was_typed_becomes_one_short_line(text: str, longest: int) -> None:
    line = shown(text, longest)
    assert len(line) <= longest
    assert not any(unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} for character in line)
    assert line == line.strip()


@given(st.text(max_size=400))
def test_showing_what_is_shown_changes_nothing(text: str) -> None:
    once = shown(text, 80)
    assert shown(once, 80) == once


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("holiday.mp4", "holiday.mp4"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\x00\x1bb", "a b"),
        ("a\u2028b\u2029c", "a b c"),
        ("  a \t\u00a0 b  ", "a b"),
        ("\u202egpj.exe\u2066", "gpj.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("👩\u200d💻.mp4", "👩\u200d💻.mp4"),
        ("\u202e\u0000", ""),
    ],
)
def test_what_cannot_be_seen_is_not_there(text: str, line: str) -> None:
    assert shown(text, 40) == line


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    assert shown("beginning-" + "x" * 300 + "-end.mp4", 30) == "beginning-xxxxxxx…xxxx-end.mp4"
