"""Uploads that clients send to the store by themselves, through a real channel and to a real store."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from fiapx_common.errors import Conflict, NotFound, Refused, Unsupported
from fiapx_common.messaging import Message
from fiapx_common.object_store import MinioObjectStore
from fiapx_proto.upload.v1 import upload_pb2

Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Left = Callable[[], Awaitable[list[str]]]
Get = Callable[[str], Awaitable[upload_pb2.Video]]

MIB = 1 << 20
FILM = b"\x1a\x45\xdf\xa3" + b"".join(bytes([number % 251]) * 4096 for number in range(2500))
"""Two parts."""
TEXT = b"Once upon a time\n" * 100


@pytest.fixture
def get(stub: Any, user_id: UUID) -> Get:
    async def call(video_id: str) -> upload_pb2.Video:
        found: upload_pb2.Video = await stub.GetVideo(
            upload_pb2.GetVideoRequest(user_id=str(user_id), video_id=video_id)
        )
        return found

    return call


async def test_a_file_in_parts_becomes_a_queued_video(
    *, direct: Any, get: Get, store: MinioObjectStore, heard: list[Message], eventually: Eventually
) -> None:
    async def arrived() -> bool:
        return len(heard) > 0

    digest = hashlib.sha256(FILM).hexdigest()
    details = upload_pb2.UploadDetails(external_id="film-7", tags=["a"])
    upload = await direct.create(len(FILM), filename="../holiday.mkv", sha256=digest.upper(), details=details)
    begun = await get(upload.id)
    assert (begun.status, begun.size_bytes, begun.filename) == ("uploading", len(FILM), "holiday.mkv")
    parts = await direct.put(upload, FILM)
    video = await direct.complete(upload.id, parts)
    assert (video.status, video.sha256, video.external_id, list(video.tags)) == ("queued", digest, "film-7", ["a"])
    assert await store.read_all(f"sources/{video.id}") == FILM
    again = await direct.complete(upload.id)
    assert again == video
    await eventually(arrived)
    (message,) = heard
    told = json.loads(message.body)
    assert told["content_sha256"] is None, "nobody but the client has told it"
    assert (message.type, told["source_key"], told["size_bytes"]) == (
        "video.uploaded.v1",
        f"sources/{video.id}",
        len(FILM),
    )


async def test_an_upload_goes_on_with_the_parts_that_the_store_does_not_have(direct: Any) -> None:
    upload = await direct.create(len(FILM))
    (sent,) = await direct.put(upload, FILM, 2)
    found = await direct.get(upload.id)
    assert (found.part_size_bytes, found.part_count, found.expires_at) == (8 * MIB, 2, upload.expires_at)
    assert [(part.part_number, f'"{part.etag}"', part.size_bytes) for part in found.parts] == [
        (2, sent.etag, len(FILM) - 8 * MIB)
    ]
    with pytest.raises(Conflict, match=r"missing: 1\.") as refused:
        await direct.complete(upload.id)
    assert refused.value.code == "upload_incomplete"
    await direct.put(upload, FILM, 1)
    assert (await direct.complete(upload.id)).status == "queued"


async def test_parts_are_signed_for_where_users_reach_the_store_and_for_an_hour_at_most(
    direct: Any, store_url: str
) -> None:
    upload = await direct.create(len(FILM))
    first, second = await direct.sign(upload.id, 1, 2)
    for number, part in enumerate((first, second), 1):
        assert part.url.startswith(f"{store_url}/")
        query = parse_qs(urlsplit(part.url).query)
        assert (part.part_number, query["partNumber"]) == (number, [str(number)])
        assert 0 < int(query["X-Amz-Expires"][0]) <= 3600
        assert part.expires_at.ToSeconds() <= upload.expires_at.ToSeconds()
    with pytest.raises(Refused) as refused:
        await direct.sign(upload.id, 3)
    assert refused.value.code == "invalid_part_numbers"


@pytest.fixture
def store_url(settings: Any) -> str:
    return str(settings.store.public_url)


async def test_a_part_of_another_size_is_refused_by_the_store(direct: Any) -> None:
    upload = await direct.create(len(FILM))
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        await direct.put(upload, FILM + b"x", 2)
    assert (await direct.get(upload.id)).parts == []


async def test_a_part_of_another_size_is_found_out_and_may_be_sent_again(direct: Any, store: MinioObjectStore) -> None:
    upload = await direct.create(len(FILM))
    await direct.put(upload, FILM)
    (unfinished,) = await store.list_multipart()
    await store.put_part(unfinished.key, unfinished.upload_id, 2, b"a store that signs no lengths")
    with pytest.raises(Conflict, match=r"2\. Please send them again") as refused:
        await direct.complete(upload.id)
    assert refused.value.code == "part_size_mismatch"
    await direct.put(upload, FILM, 2)
    assert (await direct.complete(upload.id)).status == "queued"


async def test_what_is_no_video_has_failed_and_leaves_nothing(
    direct: Any, get: Get, left: Left, heard: list[Message], query: Query
) -> None:
    upload = await direct.send(TEXT, filename="film.mp4")
    for _ in range(2):
        with pytest.raises(Unsupported, match="text file") as refused:
            await direct.complete(upload.id)
        assert refused.value.code == "unsupported_container"
    video = await get(upload.id)
    assert (video.status, video.error.code, video.error.message) == (
        "failed",
        "unsupported_container",
        refused.value.detail,
    )
    assert await left() == []
    assert await query("SELECT 1 FROM videos WHERE source_removed_at IS NULL") == []
    assert heard == []


async def test_an_aborted_upload_is_cancelled_and_leaves_nothing(direct: Any, get: Get, left: Left) -> None:
    upload = await direct.create(len(FILM))
    await direct.put(upload, FILM, 1)
    for _ in range(2):
        await direct.abort(upload.id)
    assert (await get(upload.id)).status == "cancelled"
    assert await left() == []
    for call in (direct.get(upload.id), direct.sign(upload.id, 1), direct.complete(upload.id)):
        with pytest.raises(Conflict) as refused:
            await call
        assert refused.value.code == "upload_ended"


@pytest.mark.parametrize("how", ["CancelVideo", "DeleteVideo"])
async def test_an_upload_whose_video_is_not_wanted_leaves_nothing(
    how: str, *, direct: Any, stub: Any, user_id: UUID, left: Left
) -> None:
    upload = await direct.create(len(FILM))
    await direct.put(upload, FILM, 1)
    request = getattr(upload_pb2, f"{how}Request")(user_id=str(user_id), video_id=upload.id)
    await getattr(stub, how)(request)
    assert await left() == []
    with pytest.raises(Refused):
        await direct.complete(upload.id)


async def test_a_complete_upload_is_no_longer_open(direct: Any, left: Left) -> None:
    upload = await direct.send(FILM)
    await direct.complete(upload.id)
    for call in (direct.get(upload.id), direct.sign(upload.id, 1), direct.abort(upload.id)):
        with pytest.raises(Conflict) as refused:
            await call
        assert refused.value.code == "upload_completed"
    assert await left() == [f"sources/{upload.id}"]


async def test_somebody_elses_upload_is_not_there(direct: Any, direct_client: Callable[..., Any], stub: Any) -> None:
    upload = await direct.send(FILM)
    stranger = direct_client(stub, uuid4())
    for call in (
        stranger.get(upload.id),
        stranger.sign(upload.id, 1),
        stranger.complete(upload.id),
        stranger.abort(upload.id),
    ):
        with pytest.raises(NotFound):
            await call
    assert (await direct.complete(upload.id)).status == "queued"


INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "empty": ({"size_bytes": 0}, "invalid_size_bytes"),
    "too large": ({"size_bytes": (20 << 30) + 1}, "file_too_large"),
    "sha256": ({"sha256": "abc"}, "invalid_sha256"),
    "options": ({"details": upload_pb2.UploadDetails(options_json="[")}, "invalid_options"),
}


async def test_what_is_unlawful_is_refused_before_anything_is_begun(direct: Any, left: Left, query: Query) -> None:
    for fields, code in INVALID.values():
        with pytest.raises(Refused) as refused:
            await direct.create(**{"size_bytes": 1, **fields})
        assert refused.value.code == code
    assert await left() == []
    assert await query("SELECT 1 FROM videos") == []
