"""Numbers as rows of cells."""

import pytest
from fiapx_testing.frame_counter import CounterUnreadable, cells, number_of
from hypothesis import given
from hypothesis import strategies as st


def brightness(row: list[bool], black: int = 16, white: int = 235) -> list[int]:
    return [white if cell else black for cell in row]


@given(st.integers(0, 65_535), st.integers(0, 100), st.integers(165, 255))
def test_a_number_is_read_back_whatever_black_and_white_became(number: int, black: int, white: int) -> None:
    assert number_of(brightness(cells(number), black, white)) == number


@given(st.integers(0, 65_535), st.integers(2, 18))
def test_one_wrong_cell_is_noticed(number: int, place: int) -> None:
    row = cells(number)
    row[place] = not row[place]

    with pytest.raises(CounterUnreadable):
        number_of(brightness(row))


def test_a_picture_without_contrast_has_no_number() -> None:
    with pytest.raises(CounterUnreadable):
        number_of([128] * 20)


def test_a_number_above_16_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bits"):
        cells(65_536)
