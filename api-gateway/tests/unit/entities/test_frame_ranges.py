"""`1,5,9-20`: which frames are wanted."""

import pytest
from api_gateway.entities.frame_ranges import MAX_CHARACTERS, FramesInvalid, IndexRange, read_ranges


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("1", [(1, 1)]),
        ("1,5,9-20", [(1, 1), (5, 5), (9, 20)]),
        ("9-20, 5 ,1", [(1, 1), (5, 5), (9, 20)]),
        ("1,2,3", [(1, 3)]),
        ("1-9,4-6", [(1, 9)]),
        ("7,7,7", [(7, 7)]),
        ("007", [(7, 7)]),
        ("2147483647", [(2147483647, 2147483647)]),
    ],
)
def test_numbers_and_ranges_are_each_wanted_once_and_in_order(text: str, ranges: list[tuple[int, int]]) -> None:
    assert [(one.first, one.last) for one in read_ranges(text)] == ranges


@pytest.mark.parametrize(
    "text",
    ["", ",", "1,", "0", "-1", "1-", "5-3", "1.5", "a", "1;2", "1--2", "\u0661", "2147483648", "99999999999", "1\n"],
)
def test_anything_else_is_refused_and_the_field_is_named(text: str) -> None:
    with pytest.raises(FramesInvalid) as caught:
        read_ranges(text)
    assert [field.field for field in caught.value.fields] == ["frames"]


def test_a_list_that_is_too_long_is_refused() -> None:
    assert read_ranges("1," * (MAX_CHARACTERS // 2 - 1) + "1") == (IndexRange(1, 1),)
    with pytest.raises(FramesInvalid):
        read_ranges("1," * (MAX_CHARACTERS // 2) + "1")
