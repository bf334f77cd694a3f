"""Where a client's stream of changes left off."""

import pytest
from api_gateway.entities.changes import read_seq


@pytest.mark.parametrize(
    ("text", "seq"), [("0", 0), ("17", 17), ("9223372036854775807", 9223372036854775807), ("007", 7)]
)
def test_an_id_of_ours_says_where_it_left_off(text: str, seq: int) -> None:
    assert read_seq(text) == seq


@pytest.mark.parametrize(
    "text", [None, "", "-1", "1.0", "x", " 1", "\u0661", "9223372036854775808", "1" * 5000, "17,18"]
)
def test_what_is_no_id_of_ours_says_nothing(text: str | None) -> None:
    assert read_seq(text) is None
