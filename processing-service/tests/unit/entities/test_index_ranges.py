"""Ranges of indexes on paper."""

import pytest
from fiapx_common.errors import Invalid
from processing_service.entities.index_ranges import LARGEST_INDEX, IndexRanges


def test_ranges_are_brought_into_order_and_joined_where_they_touch() -> None:
    assert IndexRanges.of([(9, 12), (1, 3), (4, 5), (11, 15), (20, 20)]).bounds == ((1, 5), (9, 15), (20, 20))


def test_what_no_index_can_be_is_left_out() -> None:
    assert IndexRanges.of([(-3, 0), (2**40, 2**41)]).bounds == ()
    assert IndexRanges.of([(-3, 2), (7, 2**41)]).bounds == ((1, 2), (7, LARGEST_INDEX))


@pytest.mark.parametrize("asked", [[], [(2, 1)], [(1, 1)] * 1001])
def test_ranges_that_mean_nothing_are_refused(asked: list[tuple[int, int]]) -> None:
    with pytest.raises(Invalid):
        IndexRanges.of(asked)
