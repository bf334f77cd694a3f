"""Exact numbers: read as decimals, computed as fractions, written canonically."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_CLOCK = re.compile(r"(?P<hours>\d{1,4}):(?P<minutes>[0-5]?\d):(?P<seconds>[0-5]?\d(?:\.\d{1,9})?)", re.ASCII)
_RATIO = re.compile(r"(?P<numerator>[+-]?\d{1,40})/(?P<denominator>\d{1,40})", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_FORMS = (
    "must be a number with at most 18 digits before the point and 18 behind it, "
    'a ratio such as "30000/1001" or a time such as "00:01:02.5" with at most 9 decimals'
)


def read_exact(value: object) -> Fraction:
    """The number that was written: 0.3 is 3/10, "30000/1001" and "00:01:02.5" are accepted.

    A float stands for its shortest decimal form, which is what JSON text said before a parser made it binary.

    Raises:
        ValueError: not a finite number in one of these forms.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(_FORMS)
    if isinstance(value, str):
        return _read_text(value.strip())
    return _read_decimal(repr(value) if isinstance(value, float) else str(value))


def write_exact(value: Fraction) -> int | float | str:
    """The canonical form: an integer, a decimal that reads back to the same number, else a ratio."""
    if value.denominator == 1:
        return value.numerator
    as_float = float(value)
    if Fraction(repr(as_float)) == value:
        return as_float
    return f"{value.numerator}/{value.denominator}"


def _read_text(text: str) -> Fraction:
    if clock := _CLOCK.fullmatch(text):
        minutes = int(clock["hours"]) * 60 + int(clock["minutes"])
        return minutes * 60 + Fraction(clock["seconds"])
    if ratio := _RATIO.fullmatch(text):
        if int(ratio["denominator"]) == 0:
            raise ValueError("a ratio's denominator must not be 0")
        return Fraction(int(ratio["numerator"]), int(ratio["denominator"]))
    return _read_decimal(text)


def _read_decimal(text: str) -> Fraction:
    # The pattern bounds the exponent: 1e999999999 as a fraction would fill the memory.
    if not _DECIMAL.fullmatch(text):
        raise ValueError(_FORMS)
    try:
        return Fraction(Decimal(text))
    except InvalidOperation as error:
        raise ValueError(_FORMS) from error


Exact = Annotated[
    Fraction,
    BeforeValidator(read_exact),
    PlainSerializer(write_exact, return_type=int | float | str),
    WithJsonSchema(
        {"anyOf": [{"type": "number"}, {"type": "string"}], "examples": [1, 0.3, "30000/1001", "00:01:02.5"]}
    ),
]
