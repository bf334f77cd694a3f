"""Cursors of frames."""

import pytest
from api_gateway.controllers.cursors import read_cursor, write_cursor
from api_gateway.entities.errors import CursorInvalid
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(0, 2**31 - 1))
def test_a_cursor_reads_back_to_its_index(index: int) -> None:
    assert read_cursor(write_cursor(index)) == index


def test_no_cursor_begins_before_the_first_frame() -> None:
    assert read_cursor("") == 0


@given(st.text(min_size=1, max_size=20).filter(lambda text: not text.startswith("aT") and not text.startswith("aW")))
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        read_cursor(cursor)


def test_an_index_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(CursorInvalid):
        read_cursor(write_cursor(10**30))
