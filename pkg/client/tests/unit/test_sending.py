"""How long a caller is kept waiting, and how a key is written."""

import pytest
from fiapx.sending import backoff, quoted


@pytest.mark.parametrize("retry_for_s", [0.0, 0.05, 1.0, 30.0])
def test_the_waits_add_up_to_what_was_allowed(retry_for_s: float) -> None:
    assert sum(backoff(retry_for_s)) == pytest.approx(retry_for_s)


def test_no_single_wait_is_long() -> None:
    assert max(backoff(60.0)) <= 4.8


def test_the_first_wait_is_short() -> None:
    assert next(backoff(60.0)) <= 0.25


def test_a_key_is_written_as_a_string_of_structured_fields() -> None:
    assert quoted('a "b" \\') == '"a \\"b\\" \\\\"'
