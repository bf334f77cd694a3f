"""What may be asked of a list."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from fiapx_common.errors import Invalid
from fiapx_models.statuses import VideoStatus
from hypothesis import given
from hypothesis import strategies as st
from upload_service.entities.listing import PAGE_BYTES, Listing, Place

USER = UUID(int=7)


def read(**asked: object) -> Listing:
    words: dict[str, object] = {"status": "", "query": "", "tag": "", "external_id": "", "limit": 0, "cursor": ""}
    return Listing.read(USER, **{**words, **asked})  # type: ignore[arg-type]  # words of one kind or another


def test_nothing_asked_is_the_first_fifty() -> None:
    assert read() == Listing(USER, limit=50)


def test_words_become_filters() -> None:
    listing = read(status="failed", query="a", tag="b", external_id="c", limit=200)
    assert listing == Listing(USER, VideoStatus.FAILED, "a", "b", "c", 200)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_leads_back_to_its_place(created_at: datetime, video_id: UUID) -> None:
    assert Place.read(Place(created_at, video_id).cursor()) == Place(created_at, video_id)


@given(st.text(max_size=80))
def test_no_text_but_a_cursor_of_ours_is_a_place(text: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        Place.read(text)


@pytest.mark.parametrize(
    "text", ["2026-01-01 x", "x 00000000-0000-0000-0000-000000000001", "9999-12-31T23:59:59-23:59 "]
)
def test_a_forged_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Place.read(base64.urlsafe_b64encode(text.encode()).decode())
    assert refused.value.code == "invalid_cursor"


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
    assert Listing(USER, limit=limit).fitting(sizes_bytes) == count
