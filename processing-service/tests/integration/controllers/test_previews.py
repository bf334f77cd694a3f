"""Contact sheets and sprites, through the gRPC door."""

import asyncio
import hashlib
import subprocess
from typing import Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import Invalid, NotFound
from fiapx_common.grpc.client import answered_by
from fiapx_proto.processing.v1 import processing_pb2
from fiapx_testing.frame_counter import read_counter
from processing_service.entities.job import JobKey
from processing_service.entities.previews import preview_key

Media = Any  # conftest's
pytestmark = pytest.mark.asyncio(loop_scope="session")

COUNTERS = [0, 6, 12, 18, 24, 30, 36, 42, 48, 54]
"""Of the video's ten frames."""


async def read(media: Media, question: str, request: object) -> tuple[processing_pb2.FrameHeader, bytes]:
    with answered_by("processing"):
        first, *rest = [answer async for answer in getattr(media.stub, question)(request)]
    return first.header, b"".join(answer.chunk for answer in rest)


async def contact_sheet(media: Media, **changes: object) -> tuple[processing_pb2.FrameHeader, bytes]:
    asked: dict[str, Any] = {"video_id": str(media.outcome.video_id), "attempt": 1, "columns": 4, "rows": 5}
    request = processing_pb2.ReadContactSheetRequest(**{**asked, "width": 320, **changes})
    return await read(media, "ReadContactSheet", request)


async def sprite(media: Media, number: int) -> tuple[processing_pb2.FrameHeader, bytes]:
    asked = processing_pb2.ReadSpriteRequest(video_id=str(media.outcome.video_id), attempt=1, number=number)
    return await read(media, "ReadSprite", asked)


async def tiles(media: Media, **changes: object) -> list[processing_pb2.Tile]:
    asked: dict[str, Any] = {"video_id": str(media.outcome.video_id), "attempt": 1, **changes}
    with answered_by("processing"):
        answer = await media.stub.ListTiles(processing_pb2.ListTilesRequest(**asked))
    return list(answer.tiles)


def cut_out(jpeg: bytes, width: int, height: int, x: int, y: int) -> bytes:
    """A part of the picture, enlarged to the clip's width, so that its counter can be read."""
    command = ["ffmpeg", "-v", "error", "-f", "jpeg_pipe", "-i", "pipe:0", "-vf"]
    command += [
        f"crop={width}:{height}:{x}:{y},scale=320:-2:flags=neighbor",
        "-c:v",
        "png",
        "-f",
        "image2pipe",
        "pipe:1",
    ]
    return subprocess.run(command, input=jpeg, capture_output=True, check=True, timeout=60).stdout


async def test_a_contact_sheet_shows_the_frames_in_rows(media: Media) -> None:
    header, data = await contact_sheet(media)
    assert (header.name, header.content_type) == ("contact-sheet-4x5-320.jpg", "image/jpeg")
    assert (header.size_bytes, header.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    first = (await media.frames()).frames[0]
    width, height = first.width, first.height
    places = [((width + 4) * (place % 4) + 4, (height + 4) * (place // 4) + 4) for place in range(10)]
    shown = [read_counter(cut_out(data, width, height, *place)) for place in places]
    assert shown == COUNTERS


async def test_one_place_shows_the_frame_in_the_middle(media: Media) -> None:
    _, data = await contact_sheet(media, columns=1, rows=1)
    first = (await media.frames()).frames[0]
    assert read_counter(cut_out(data, first.width, first.height, 4, 4)) == 30


async def test_it_is_kept_beside_the_archive_and_not_made_twice(media: Media) -> None:
    _, made = await contact_sheet(media, columns=2, rows=2)
    key = preview_key(JobKey(UUID(str(media.outcome.video_id)), 1), "contact-sheet-2x2-320.jpg")
    assert await media.platform.store.read_all(key) == made
    await media.platform.store.put(key, b"as it is kept")
    assert (await contact_sheet(media, columns=2, rows=2))[1] == b"as it is kept"


async def test_many_who_ask_at_once_get_the_same(media: Media) -> None:
    answers = await asyncio.gather(*(contact_sheet(media, columns=3, rows=3, width=160) for _ in range(8)))
    assert len({data for _, data in answers}) == 1


async def test_each_tile_shows_the_frame_of_its_time(media: Media) -> None:
    found = await tiles(media)
    _, data = await sprite(media, 1)
    assert [(tile.start_ms, tile.end_ms) for tile in found] == [(200 * n, 200 * n + 200) for n in range(10)]
    shown = [read_counter(cut_out(data, tile.width, tile.height, tile.x, tile.y)) for tile in found]
    assert shown == COUNTERS


async def test_a_sprite_that_no_tile_lies_in_is_not_found(media: Media) -> None:
    for number in (0, 2, -1, 2**31 - 1):
        with pytest.raises(NotFound, match=f"no sprite {number}"):
            await sprite(media, number)


async def test_without_a_result_there_is_no_overview(media: Media) -> None:
    for changes in ({"attempt": 2}, {"video_id": str(uuid4())}):
        with pytest.raises(NotFound, match="has no result"):
            await contact_sheet(media, **changes)
        with pytest.raises(NotFound, match="has no result"):
            await tiles(media, **changes)


async def test_a_sheet_that_is_not_offered_is_refused(media: Media) -> None:
    with pytest.raises(Invalid) as caught:
        await contact_sheet(media, columns=9)
    assert [field.field for field in caught.value.fields] == ["columns"]
