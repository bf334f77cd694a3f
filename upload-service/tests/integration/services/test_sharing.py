"""Links to videos, through the door."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import FiapxError, Gone, Invalid, NotFound
from fiapx_common.grpc.client import answered_by
from fiapx_models.events import Event, VideoProcessed
from fiapx_proto.upload.v1 import upload_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from upload_service.services.sweeping import Sweeping
from upload_service.settings import ShareSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Watch = Callable[[upload_pb2.Video, str], Awaitable[upload_pb2.Video]]
Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Share = Callable[..., Awaitable[upload_pb2.CreateShareResponse]]
Opened = Callable[[str], Awaitable[upload_pb2.CheckShareResponse]]
Listed = Callable[..., Awaitable[upload_pb2.ListSharesResponse]]

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
MOST = 3


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    """Few links make the most."""
    return {"share": ShareSettings(of_one_video=MOST)}


@pytest.fixture
def share(stub: "UploadServiceAsyncStub", user_id: UUID) -> Share:
    """Makes one: `share(video, note=…, expires_in_s=…, key=…, owner=…)`. Raises our error tree."""

    async def make(video: Any, *, owner: UUID = user_id, key: str = "", **wish: Any) -> upload_pb2.CreateShareResponse:
        about: dict[str, Any] = {"user_id": str(owner), "video_id": video.id, "idempotency_key": key}
        with answered_by("upload"):
            return await stub.CreateShare(upload_pb2.CreateShareRequest(**about, **wish))

    return make


@pytest.fixture
def opened(stub: "UploadServiceAsyncStub") -> Opened:
    """What a token opens."""

    async def ask(token: str) -> upload_pb2.CheckShareResponse:
        digest = hashlib.sha256(token.encode()).digest()
        with answered_by("upload"):
            return await stub.CheckShare(upload_pb2.CheckShareRequest(token_hash=digest))

    return ask


@pytest.fixture
def listed(stub: "UploadServiceAsyncStub", user_id: UUID) -> Listed:
    """The user's shares: `listed(video_id=…, limit=…, cursor=…)`."""

    async def ask(**wanted: Any) -> upload_pb2.ListSharesResponse:
        with answered_by("upload"):
            return await stub.ListShares(upload_pb2.ListSharesRequest(**{"user_id": str(user_id), **wanted}))

    return ask


async def code_of(call: Awaitable[Any]) -> str:
    """The code of a refusal; empty where there is none."""
    try:
        await call
    except FiapxError as refused:
        return refused.code
    return ""


def moment(at: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp


async def test_a_share_opens_its_video_and_says_when_it_was_used(
    *, send: Send, share: Share, opened: Opened, listed: Listed
) -> None:
    video = await send()
    made = await share(video, note=" for  Bia ", expires_in_s=3600)
    (before,) = (await listed(video_id=video.id)).shares
    assert (made.share, made.share.note, made.token[:3]) == (before, "for Bia", "fs_")
    assert (made.share.expires_at.ToDatetime() - made.share.created_at.ToDatetime()) == timedelta(hours=1)
    assert not before.HasField("last_used_at")
    found = await opened(made.token)
    assert (found.user_id, found.share.video_id) == (video.user_id, video.id)
    (after,) = (await listed(video_id=video.id)).shares
    assert after.HasField("last_used_at")


async def test_of_a_token_only_a_hash_is_kept(send: Send, share: Share, query: Query) -> None:
    made = await share(await send())
    (row,) = await query("SELECT * FROM shares")
    assert made.token not in repr(row)
    assert bytes(row["token_hash"]) == hashlib.sha256(made.token.encode()).digest()


async def test_without_an_end_it_ends_with_the_frames_or_after_a_week(
    *, send: Send, share: Share, tell: Tell, outcome: Callable[..., Event], watch: Watch, query: Query
) -> None:
    video = await send()
    made = await share(video)
    week = made.share.expires_at.ToDatetime() - made.share.created_at.ToDatetime()
    assert week == timedelta(days=7)
    await tell(outcome(VideoProcessed, video))
    await watch(video, "completed")
    await query("UPDATE videos SET expires_at = now() + interval '1 hour'")
    (row,) = await query("SELECT expires_at FROM videos")
    assert (await share(video)).share.expires_at.ToDatetime(UTC) == row["expires_at"]


async def test_no_share_outlives_the_frames_and_of_frames_that_are_gone_there_is_none(
    *, send: Send, share: Share, query: Query
) -> None:
    video = await send()
    await query("UPDATE videos SET expires_at = now() + interval '1 hour'")
    for wish in ({"expires_in_s": 7200}, {"expires_at": moment(datetime.now(UTC) + timedelta(hours=2))}):
        with pytest.raises(Invalid, match="There can be no such share"):
            await share(video, **wish)
    await query("UPDATE videos SET expires_at = now() - interval '1 second'")
    with pytest.raises(Gone) as refused:
        await share(video)
    assert refused.value.code == "expired"


@pytest.mark.parametrize(
    "ended",
    [
        "UPDATE shares SET expires_at = now()",
        "UPDATE videos SET deleted_at = now()",
        "DELETE FROM shares",
    ],
    ids=["it has expired", "its video is deleted", "it is revoked"],
)
async def test_a_token_opens_nothing_any_more_once(
    *, ended: str, send: Send, share: Share, opened: Opened, query: Query
) -> None:
    made = await share(await send())
    await query(ended)
    assert await opened(made.token) == await opened("fs_of_nobody") == upload_pb2.CheckShareResponse()


async def test_a_deleted_video_leaves_no_share(
    *, send: Send, share: Share, query: Query, stub: "UploadServiceAsyncStub"
) -> None:
    video, other = await send(), await send()
    kept = await share(other)
    await share(video)
    await stub.DeleteVideo(upload_pb2.DeleteVideoRequest(user_id=video.user_id, video_id=video.id))
    assert [str(row["id"]) for row in await query("SELECT id FROM shares")] == [kept.share.id]
    assert await code_of(share(video)) == "video_not_found"


async def test_a_revoked_share_is_gone_and_only_its_owner_revokes_it(
    *, send: Send, share: Share, opened: Opened, stub: "UploadServiceAsyncStub", user_id: UUID
) -> None:
    video, other = await send(), await send()
    made = await share(video)
    right = {"user_id": str(user_id), "video_id": video.id, "share_id": made.share.id}
    wrong = {"user_id": str(uuid4())}, {"video_id": other.id}, {"share_id": str(uuid4())}, {"share_id": "x"}
    for one in wrong:
        with pytest.raises(NotFound) as refused, answered_by("upload"):
            await stub.RevokeShare(upload_pb2.RevokeShareRequest(**{**right, **one}))
        assert refused.value.code == "share_not_found"
    assert (await opened(made.token)).HasField("share")
    await stub.RevokeShare(upload_pb2.RevokeShareRequest(**right))
    assert not (await opened(made.token)).HasField("share")


async def test_somebody_elses_video_is_not_there(send: Send, share: Share, listed: Listed) -> None:
    video = await send()
    await share(video)
    stranger = uuid4()
    assert await code_of(share(video, owner=stranger)) == "video_not_found"
    assert await code_of(listed(user_id=str(stranger), video_id=video.id)) == "video_not_found"
    assert list((await listed(user_id=str(stranger))).shares) == []


async def test_lists_are_read_page_by_page_the_newest_first(send: Send, share: Share, listed: Listed) -> None:
    first, second = await send(), await send()
    made = [(await share(video)).share.id for video in (first, second, first)]
    assert [one.id for one in (await listed(video_id=first.id)).shares] == [made[2], made[0]]
    page = await listed(limit=2)
    rest = await listed(limit=2, cursor=page.next_cursor)
    assert [one.id for one in [*page.shares, *rest.shares]] == made[::-1]
    assert (page.next_cursor != "", rest.next_cursor) == (True, "")


async def test_there_is_a_most_of_shares_however_many_ask_at_once(send: Send, share: Share, query: Query) -> None:
    video = await send()
    codes = await asyncio.gather(*[code_of(share(video)) for _ in range(3 * MOST)])
    assert sorted(codes) == [""] * MOST + ["too_many_shares"] * 2 * MOST
    await query("UPDATE shares SET expires_at = now()")
    assert await code_of(share(video)) == ""


async def test_asked_again_under_its_key_it_is_the_same_share_with_a_new_token(
    *, send: Send, share: Share, opened: Opened, query: Query
) -> None:
    video = await send()
    first = await share(video, key=KEY, note="for Bia")
    again = await share(video, key=KEY, note="for Bia")
    assert again.share == first.share
    assert (await opened(again.token)).share.id == first.share.id
    assert not (await opened(first.token)).HasField("share")
    assert len(await query("SELECT 1 FROM shares")) == 1


async def test_another_request_under_the_key_is_refused(send: Send, share: Share) -> None:
    video, other = await send(), await send(key="upload")
    await share(video, key=KEY)
    for wrong in (
        share(video, key=KEY, note="for Rui"),
        share(other, key=KEY),
        share(video, key="upload"),
        send(key=KEY),
    ):
        assert await code_of(wrong) == "idempotency_key_reused"


async def test_a_revoked_share_does_not_come_back_under_its_key(send: Send, share: Share, query: Query) -> None:
    video = await send()
    await share(video, key=KEY)
    await query("DELETE FROM shares")
    assert await code_of(share(video, key=KEY)) == "share_not_found"
    assert await query("SELECT 1 FROM shares") == []


async def test_a_refused_request_leaves_its_key_free(send: Send, share: Share) -> None:
    video = await send()
    assert await code_of(share(video, key=KEY, expires_in_s=60 * 86400)) == "invalid_share"
    assert await code_of(share(video, key=KEY)) == ""


async def test_shares_that_have_expired_are_swept(send: Send, share: Share, query: Query, at_once: Sweeping) -> None:
    video = await send()
    kept, expired = await share(video), await share(video)
    await query("UPDATE shares SET expires_at = now() WHERE id = :id", id=UUID(expired.share.id))
    assert (await at_once.sweep()).shares == 1
    assert [str(row["id"]) for row in await query("SELECT id FROM shares")] == [kept.share.id]
