"""Wishes for links: what is lawful, and when the link ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fiapx_common.errors import Invalid
from upload_service.entities.share import LONGEST_S, ShareWish, new_share_token

NOW = datetime(2030, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
USUAL, LATEST = 7 * DAY, NOW + 5 * DAY


def test_a_token_says_what_it_is() -> None:
    assert new_share_token().startswith("fs_")


def test_a_lawful_wish_is_read() -> None:
    assert ShareWish.read("  for   Bia ", None, 60) == ShareWish("for Bia", None, timedelta(seconds=60))
    assert ShareWish.read("", NOW, 0) == ShareWish(None, NOW, None)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"note": "x" * 201}, ["note"]),
        ({"note": "a\0b"}, ["note"]),
        ({"expires_in_s": -1}, ["expires_in_s"]),
        ({"expires_in_s": LONGEST_S + 1}, ["expires_in_s"]),
        ({"expires_at": NOW, "expires_in_s": 60}, ["expires_in_s"]),
        ({"note": "\ud800", "expires_in_s": -1}, ["note", "expires_in_s"]),
    ],
)
def test_each_field_that_is_wrong_is_named(wrong: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        ShareWish.read(**{"note": "", "expires_at": None, "expires_in_s": 0} | wrong)
    assert refused.value.code == "invalid_share"
    assert [error.field for error in refused.value.fields] == fields


@pytest.mark.parametrize(
    ("wish", "latest", "ends_at"),
    [
        (ShareWish(), NOW + 9 * DAY, NOW + USUAL),
        (ShareWish(), LATEST, LATEST),
        (ShareWish(expires_at=NOW + DAY), LATEST, NOW + DAY),
        (ShareWish(expires_in=DAY), LATEST, NOW + DAY),
        (ShareWish(expires_at=LATEST), LATEST, LATEST),
    ],
    ids=["as is usual", "with the frames", "at a moment", "after a span", "at the last moment"],
)
def test_a_link_ends_as_wished_and_never_after_the_frames(wish: ShareWish, latest: datetime, ends_at: datetime) -> None:
    assert wish.ends_at(NOW, USUAL, latest) == ends_at


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (ShareWish(expires_at=NOW), "expires_at"),
        (ShareWish(expires_at=LATEST + timedelta(seconds=1)), "expires_at"),
        (ShareWish(expires_in=6 * DAY), "expires_in_s"),
    ],
    ids=["now", "a second too late", "a day too long"],
)
def test_an_end_that_cannot_be_is_refused_by_its_field(wish: ShareWish, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        wish.ends_at(NOW, USUAL, LATEST)
    assert [error.field for error in refused.value.fields] == [field]


def test_whoever_asks_for_too_long_is_told_until_when_it_may_be() -> None:
    with pytest.raises(Invalid) as refused:
        ShareWish(expires_in=6 * DAY).ends_at(NOW, USUAL, LATEST)
    assert "2030-01-07T00:00:00Z" in refused.value.fields[0].message
