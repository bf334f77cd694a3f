"""Questions about frames, through the gRPC door."""

import io
import json
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from fiapx_common.errors import Invalid, NotFound
from fiapx_proto.processing.v1 import processing_pb2

Media = Any  # conftest's
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_frames_come_in_pages_in_the_order_of_their_index(media: Media) -> None:
    first = await media.frames(limit=6)
    second = await media.frames(limit=6, after_index=first.frames[-1].index)
    assert [frame.index for frame in (*first.frames, *second.frames)] == list(range(1, 11))
    assert (first.more, second.more) == (True, False)


async def test_a_frame_is_told_as_the_manifest_tells_it(media: Media) -> None:
    told = (await media.frames()).frames[3]
    row = json.loads(await media.manifest())["frames"][3]
    assert (told.name, told.source_frame, told.pts, told.time_base) == (
        row["name"],
        row["frame"],
        row["pts"],
        row["time_base"],
    )
    assert (told.size_bytes, told.sha256, f"{told.crc32:08x}") == (row["bytes"], row["sha256"], row["crc32"])
    assert float(told.time_s) == row["time_s"]


async def test_the_manifest_is_the_stored_one(media: Media) -> None:
    assert await media.manifest() == await media.platform.store.read_all(media.outcome.manifest_key)


async def test_the_table_is_the_archives(media: Media) -> None:
    archive = await media.platform.archive(media.outcome)
    assert await media.manifest(format=processing_pb2.MANIFEST_FORMAT_CSV) == archive.read("frames.csv")


async def test_strangers_are_told_nothing_that_is_the_owners(media: Media) -> None:
    own, theirs = json.loads(await media.manifest()), await media.manifest(for_strangers=True)
    told = json.loads(theirs)
    assert (own["video"]["external_id"], own["video"]["metadata"]) == ("order-1", {"camera": "north"})
    assert told["video"] == own["video"] | {"external_id": None, "metadata": None}
    with zipfile.ZipFile(io.BytesIO(await media.excerpt((1, 10), for_strangers=True))) as excerpt:
        assert excerpt.testzip() is None
        assert excerpt.read("manifest.json") == theirs
    archive = await media.platform.archive(media.outcome)
    assert json.loads(archive.read("manifest.json"))["frames"] == told["frames"]


@pytest.mark.parametrize("changes", [{"video_id": str(uuid4())}, {"attempt": 2}])
async def test_what_has_no_result_is_not_found(media: Media, changes: dict[str, object]) -> None:
    with pytest.raises(NotFound, match="has no result"):
        await media.frames(**changes)
    with pytest.raises(NotFound, match="has no result"):
        await media.manifest(**changes)
    with pytest.raises(NotFound, match="has no result"):
        await media.manifest(format=processing_pb2.MANIFEST_FORMAT_CSV, **changes)


async def test_an_id_that_is_none_is_refused(media: Media) -> None:
    with pytest.raises(Invalid):
        await media.frames(video_id="1; DROP TABLE jobs")


async def test_a_page_is_bounded_whatever_is_asked(media: Media) -> None:
    for limit in (-5, 0, 1_000_000):
        assert len((await media.frames(limit=limit)).frames) == 10
