from fractions import Fraction

import pytest
from fiapx_engine.names import NameTemplate, clock
from hypothesis import given
from hypothesis import strategies as st


def test_the_default_name_has_index_and_time() -> None:
    assert NameTemplate("frame_{index}_{time}", 20).name(13, Fraction(12), 0) == "frame_000013_00-00-12.000.png"


def test_pts_can_be_in_the_name() -> None:
    assert NameTemplate("{index}.{pts}", 2).name(1, Fraction(0), -512) == "000001.-512.png"


def test_the_old_monoliths_names_have_four_digits_and_more_only_where_needed() -> None:
    assert NameTemplate("frame_{index:4}", 9999).name(7, Fraction(0), 0) == "frame_0007.png"
    assert NameTemplate("frame_{index:4}", 10_000).name(7, Fraction(0), 0) == "frame_00007.png"


@pytest.mark.parametrize(
    ("time_s", "text"),
    [
        (Fraction(0), "00-00-00.000"),
        (Fraction(1, 30), "00-00-00.033"),
        (Fraction(2, 30), "00-00-00.067"),
        (Fraction(9995, 10_000), "00-00-01.000"),
        (Fraction(3_599_999, 1000), "00-59-59.999"),
        (Fraction(360_000), "100-00-00.000"),
    ],
)
def test_times_are_rounded_to_the_millisecond(time_s: Fraction, text: str) -> None:
    assert clock(time_s) == text


@given(st.lists(st.fractions(0, 300_000, max_denominator=90_000), min_size=2, max_size=30).map(sorted))
def test_names_sort_in_time_order(times: list[Fraction]) -> None:
    naming = NameTemplate("{index:1}_{time}", len(times))

    names = [naming.name(index, time_s, 0) for index, time_s in enumerate(times, start=1)]

    assert names == sorted(names)
    assert len(set(names)) == len(names)


@given(st.fractions(0, 350_000, max_denominator=1001), st.fractions(0, 350_000, max_denominator=1001))
def test_clocks_sort_as_the_times_do(one: Fraction, two: Fraction) -> None:
    earlier, later = sorted((one, two))

    assert clock(earlier) <= clock(later)
