"""What may be asked of a list."""

from uuid import UUID

import pytest
from fiapx_common.errors import Invalid
from fiapx_models.statuses import VideoStatus
from upload_service.entities.listing import PAGE_BYTES, Listing, fitting

USER = UUID(int=7)


def read(**asked: object) -> Listing:
    words: dict[str, object] = {"status": "", "query": "", "tag": "", "external_id": "", "limit": 0, "cursor": ""}
    return Listing.read(USER, **{**words, **asked})  # type: ignore[arg-type]  # words of one kind or another


def test_nothing_asked_is_the_first_fifty() -> None:
    assert read() == Listing(USER, limit=50)


def test_words_become_filters() -> None:
    listing = read(status="failed", query="a", tag="b", external_id="c", limit=200)
    assert listing == Listing(USER, VideoStatus.FAILED, "a", "b", "c", 200)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"status": "done"}, "status"),
        ({"limit": 201}, "limit"),
        ({"limit": -1}, "limit"),
        ({"query": "x" * 256}, "q"),
        ({"tag": "a\0"}, "tag"),
        ({"external_id": "x" * 256}, "external_id"),
    ],
)
def test_what_is_out_of_bounds_is_refused(asked: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(**asked)
    assert refused.value.fields[0].field == field


@pytest.mark.parametrize(
    ("limit", "sizes_bytes", "count"),
    [
        (50, [100] * 51, 50),
        (50, [100] * 3, 3),
        (50, [], 0),
        (50, [PAGE_BYTES // 2] * 3, 2),
        (50, [PAGE_BYTES + 1, 1], 1),
        (50, [1, PAGE_BYTES], 1),
        (1, [1, 1], 1),
    ],
)
def test_a_page_has_as_many_videos_as_it_can_carry_and_one_at_least(
    limit: int, sizes_bytes: list[int], count: int
) -> None:
    assert fitting(sizes_bytes, limit) == count
