"""Exact numbers."""

from decimal import Decimal
from fractions import Fraction

import pytest
from fiapx_models.exact import read_exact, write_exact
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (1, Fraction(1)),
        (0.3, Fraction(3, 10)),
        (Decimal("0.1"), Fraction(1, 10)),
        ("29.97", Fraction(2997, 100)),
        ("30000/1001", Fraction(30000, 1001)),
        ("00:01:02.5", Fraction(125, 2)),
        ("100:00:00", Fraction(360_000)),
        ("1e3", Fraction(1000)),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_a_number_is_read_as_it_was_written(written: object, meant: Fraction) -> None:
    assert read_exact(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        True,
        None,
        [],
        {},
        "",
        "abc",
        "nan",
        "inf",
        float("nan"),
        float("inf"),
        "1/0",
        "00:60:00",
        "1e999",
        "0x10",
        "1_000",
        "٤",
        "٤/5",
        "00:٤1:00",
        "0." + "1" * 19,
        "1" * 19,
        "00:00:01." + "1" * 10,
    ],
)
def test_what_is_no_number_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"must"):
        read_exact(written)


@pytest.mark.parametrize("written", ["0." + "1" * 19, "00:00:01." + "1" * 10, float("nan"), None])
def test_a_refusal_says_how_many_digits_there_may_be(written: object) -> None:
    with pytest.raises(ValueError, match=r"18 digits before the point and 18 behind it, .* with at most 9 decimals"):
        read_exact(written)


@given(st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**9))
def test_the_canonical_form_reads_back_to_the_same_number(value: Fraction) -> None:
    assert read_exact(write_exact(value)) == value


def test_a_decimal_stays_a_decimal_in_canonical_form() -> None:
    assert write_exact(Fraction(3, 10)) == 0.3


def test_a_repeating_fraction_is_written_as_a_ratio() -> None:
    assert write_exact(Fraction(30000, 1001)) == "30000/1001"
