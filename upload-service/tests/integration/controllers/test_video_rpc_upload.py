"""StreamUpload through a real channel."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from fiapx_common.errors import Refused
from fiapx_common.messaging import Message
from fiapx_common.object_store import MinioObjectStore
from fiapx_models.options import Options
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.clips import Clips

Send = Callable[..., Awaitable[upload_pb2.Video]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Left = Callable[[], Awaitable[list[str]]]


async def test_a_small_file_becomes_a_queued_video(send: Send, clips: Clips, store: MinioObjectStore) -> None:
    body = clips.counter(frames=5).path.read_bytes()
    video = await send(body, filename="holiday.mp4")
    assert (video.status, video.filename, video.size_bytes, video.attempt) == ("queued", "holiday.mp4", len(body), 1)
    assert video.sha256 == hashlib.sha256(body).hexdigest()
    assert await store.read_all(f"sources/{video.id}") == body


async def test_a_file_of_several_parts_arrives_whole(send: Send, store: MinioObjectStore) -> None:
    head = b"\x1a\x45\xdf\xa3" + bytes(1020)
    body = head + b"".join(bytes([number % 251]) * 4096 for number in range(5000))
    video = await send(body)
    assert video.sha256 == hashlib.sha256(body).hexdigest()
    digest = hashlib.sha256()
    async for chunk in store.read(f"sources/{video.id}"):
        digest.update(chunk)
    assert digest.hexdigest() == video.sha256


async def test_an_accepted_upload_is_announced_once(send: Send, heard: list[Message], eventually: Eventually) -> None:
    async def arrived() -> bool:
        return len(heard) > 0

    video = await send(external_id="film-7", metadata_json='{"scene": 3}')
    await eventually(arrived)
    (message,) = heard
    told = json.loads(message.body)
    assert (message.type, message.subject) == ("video.uploaded.v1", video.id)
    assert told["source_key"] == f"sources/{video.id}"
    assert (told["attempt"], told["size_bytes"], told["filename"]) == (1, video.size_bytes, "film.mp4")
    assert told["options_json"] == Options().canonical_json()
    assert (told["external_id"], told["metadata_json"]) == ("film-7", '{"scene": 3}')
    assert told["content_sha256"] == video.sha256


async def test_the_record_begins_with_the_queued_video(send: Send, query: Query, user_id: UUID) -> None:
    video = await send(tags=["a"])
    (event,) = await query("SELECT * FROM video_events WHERE video_id = :id", id=UUID(video.id))
    assert event["user_id"] == user_id
    assert (event["change"]["status"], event["change"]["attempt"], event["change"]["tags"]) == ("queued", 1, ["a"])


async def test_what_the_client_said_is_kept(send: Send) -> None:
    video = await send(
        options_json='{"sampling": {"rule": "fps", "fps": 0.5}}',
        external_id="x-1",
        metadata_json='{"a": 1}',
        tags=["one", "two", "one"],
    )
    assert json.loads(video.options_json)["sampling"] == {"rule": "fps", "fps": 0.5}
    assert (video.external_id, video.metadata_json, list(video.tags)) == ("x-1", '{"a": 1}', ["one", "two"])


async def test_fields_after_the_file_win_over_those_before_it(send: Send) -> None:
    video = await send(external_id="before", tags=["b"], after=upload_pb2.UploadDetails(tags=["a"]))
    assert (video.external_id, list(video.tags)) == ("before", ["a"])


async def test_a_path_and_control_characters_are_no_part_of_the_name(send: Send) -> None:
    video = await send(filename="C:\\films\\../a\r\nb\u202egpj.mp4")
    assert video.filename == "abgpj.mp4"


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "empty": ({"body": b""}, "empty_file"),
    "text": ({"body": b"#EXTM3U\nhttp://example.com/a.ts\n"}, "unsupported_container"),
    "ZIP": ({"body": b"PK\x03\x04" + bytes(5000)}, "unsupported_container"),
    "unknown option": ({"options_json": '{"sampling": {"rule": "magic"}}'}, "invalid_options"),
    "too many tags": ({"tags": [str(number) for number in range(21)]}, "invalid_tags"),
    "wrong options after the file": ({"after": upload_pb2.UploadDetails(options_json="[")}, "invalid_options"),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_refused_upload_says_why_and_leaves_nothing(
    case: str, send: Send, query: Query, left: Left, heard: list[Message]
) -> None:
    arguments, code = REFUSALS[case]
    with pytest.raises(Refused) as refused:
        await send(**arguments)
    assert refused.value.code == code
    assert await query("SELECT 1 FROM videos") == []
    assert await query("SELECT 1 FROM outbox") == []
    assert await left() == []
    assert heard == []
