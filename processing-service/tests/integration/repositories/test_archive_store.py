"""Parts and archives on a real store, with images of any size."""

import hashlib
import io
import json
import random
import zipfile
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from fiapx_common.errors import NotFound
from fiapx_common.object_store import StoreUnavailable
from fiapx_engine.engine import EncodedFrame
from fiapx_engine.scores import Likeness
from fiapx_engine.segments import Entry
from fiapx_models.media import Media
from processing_service.entities.archive import archive_key, manifest_key
from processing_service.entities.deduplication import kept_frames
from processing_service.entities.job import Job, JobKey, JobState, Request, ResultKey
from processing_service.entities.previews import preview_key
from processing_service.repositories.archive_store import S3Archives
from processing_service.services.row_ports import WrittenPart

Platform = Any  # conftest's
MIB = 1 << 20


def frame(index: int, size_bytes: int) -> EncodedFrame:
    data = random.Random(index).randbytes(size_bytes)
    entry = Entry(index, f"frame_{index:06}.png", index, index, float(index), keyframe=False, packet=index)
    return EncodedFrame((entry,), 1, 1, data)


async def frames(*made: EncodedFrame) -> AsyncGenerator[EncodedFrame, None]:
    for one in made:
        yield one


async def failing_after(*made: EncodedFrame) -> AsyncGenerator[EncodedFrame, None]:
    for one in made:
        yield one
    raise NotFound("gone", "The decoder is gone.")


@pytest.fixture
def archives(platform: Platform) -> S3Archives:
    return S3Archives(platform.store)


@pytest.fixture
def job() -> Job:
    request = Request(
        key=JobKey(uuid4(), 1),
        user_id=uuid4(),
        filename="film.mp4",
        source_key="sources/1",
        size_bytes=1,
        options_json="{}",
        external_id=None,
        metadata_json=None,
    )
    media = Media(duration_s=1, width=1, height=1, fps=1, codec="h264")
    return Job(request, JobState.ASSEMBLING, media=media, time_base="1/1")


def key_of(job: Job, lease_attempt: int = 1) -> ResultKey:
    return ResultKey(job.key, lease_attempt)


async def parts_of(archives: S3Archives, job: Job, sizes: Sequence[Sequence[int]]) -> list[WrittenPart]:
    """One part per list of image sizes."""
    written, index = [], 0
    for number, images in enumerate(sizes):
        made = [frame(index + place, size) for place, size in enumerate(images, 1)]
        index += len(images)
        written.append(await archives.write_part(f"parts/{job.key.video_id}/1/{number}-1", frames(*made)))
    return written


@pytest.mark.parametrize(
    "sizes",
    [
        [[1000], [2000, 3000]],
        [[2 * MIB], [3 * MIB], [MIB]],
        [[2 * MIB], [20 * MIB, 9 * MIB], [MIB], [6 * MIB], [100]],
        [[12 * MIB], [], [12 * MIB]],
    ],
    ids=["one put", "small neighbours", "mixed", "an empty segment"],
)
async def test_parts_of_any_size_make_a_whole_archive(
    archives: S3Archives, platform: Platform, job: Job, sizes: list[list[int]]
) -> None:
    written = await parts_of(archives, job, sizes)
    result = await archives.join(key_of(job), job, written)
    data = await platform.store.read_all(archive_key(key_of(job)))
    whole = zipfile.ZipFile(io.BytesIO(data))
    assert whole.testzip() is None
    assert len(data) == result.archive_bytes
    rows = [row for part in written for row in part.rows]
    assert [hashlib.sha256(whole.read(row.name)).hexdigest() for row in rows] == [row.sha256 for row in rows]


async def test_the_same_images_in_other_parts_make_the_same_archive(
    archives: S3Archives, platform: Platform, job: Job
) -> None:
    images = [3 * MIB, 9 * MIB, MIB, 7 * MIB]
    made = []
    for holder, sizes in enumerate(([images], [[size] for size in images])):
        await archives.join(key_of(job, holder), job, await parts_of(archives, job, sizes))
        made.append(await platform.store.read_all(archive_key(key_of(job, holder))))
    assert made[0] == made[1]


@pytest.mark.parametrize("size_bytes", [1000, 9 * MIB], ids=["put", "joined"])
async def test_what_other_holders_wrote_and_began_goes_and_what_is_kept_stays_untouched(
    archives: S3Archives, platform: Platform, job: Job, size_bytes: int
) -> None:
    parts = await parts_of(archives, job, [[size_bytes], [size_bytes]])
    await archives.join(key_of(job, 2), job, parts)
    kept = {archive_key(key_of(job, 2)), manifest_key(key_of(job, 2)), preview_key(job.key, "sprite.jpg")}
    await platform.store.put(preview_key(job.key, "sprite.jpg"), b"an overview")
    before = [facts async for facts in platform.store.list("results/")]
    for late in (1, 20):
        await archives.join(key_of(job, late), job, parts)
    await platform.store.create_multipart(archive_key(key_of(job, 3)))
    await archives.remove_other_results(key_of(job, 2))
    assert platform.objects("results/") == kept
    assert await platform.store.list_multipart("results/") == []
    assert [facts async for facts in platform.store.list("results/")] == before


async def test_a_result_of_the_time_when_all_wrote_in_one_place_is_kept_too(
    archives: S3Archives, platform: Platform, job: Job
) -> None:
    old = ResultKey(job.key, None)
    parts = await parts_of(archives, job, [[1000]])
    await archives.join(old, job, parts)
    await archives.join(key_of(job, 4), job, parts)
    await archives.remove_other_results(old)
    assert platform.objects("results/") == {archive_key(old), manifest_key(old)}


async def test_one_holders_result_goes_alone(archives: S3Archives, platform: Platform, job: Job) -> None:
    parts = await parts_of(archives, job, [[1000]])
    for holder in (1, 12):
        await archives.join(key_of(job, holder), job, parts)
    await platform.store.create_multipart(archive_key(key_of(job, 1)))
    await archives.remove_result(key_of(job, 1))
    assert platform.objects("results/") == {archive_key(key_of(job, 12)), manifest_key(key_of(job, 12))}
    assert await platform.store.list_multipart("results/") == []


@pytest.mark.parametrize(
    "sizes",
    [
        [[1000] * 6],
        [[MIB] * 12, [MIB] * 12],
        [[7 * MIB, 2 * MIB, 9 * MIB], [6 * MIB, MIB], [8 * MIB, 3 * MIB, 100]],
        [[200_000] * 90],
    ],
    ids=["one put", "small images", "large and small", "gaps read over"],
)
async def test_an_archive_without_some_of_its_frames_is_whole_and_has_none_of_their_bytes(
    archives: S3Archives, platform: Platform, job: Job, sizes: list[list[int]]
) -> None:
    """Each third frame is a double of the one before."""
    written = await parts_of(archives, job, sizes)
    rows = [[replace(row, hash=f"{row.index - (row.index % 3 == 0):016x}") for row in part.rows] for part in written]
    kept = kept_frames(rows, Likeness(0))
    left = [
        replace(part, rows=one.rows, stored=replace(part.stored, kept=one.ranges))
        for part, one in zip(written, kept, strict=True)
    ]
    result = await archives.join(key_of(job), job, left)
    data = await platform.store.read_all(archive_key(key_of(job)))
    whole = zipfile.ZipFile(io.BytesIO(data))
    expected = [row for part in written for row in part.rows if row.index % 3]
    assert whole.testzip() is None
    assert whole.namelist()[:-2] == [row.name for row in expected]
    assert [hashlib.sha256(whole.read(row.name)).hexdigest() for row in expected] == [row.sha256 for row in expected]
    assert len(data) == result.archive_bytes < sum(row.size_bytes for row in expected) + 1000 * len(expected) + 1000
    for row in json.loads(await platform.store.read_all(manifest_key(key_of(job))))["frames"]:
        assert hashlib.sha256(data[row["offset"] : row["offset"] + row["bytes"]]).hexdigest() == row["sha256"]


async def test_the_manifest_beside_the_archive_knows_where_each_image_lies(
    archives: S3Archives, platform: Platform, job: Job
) -> None:
    await archives.join(key_of(job), job, await parts_of(archives, job, [[MIB, 9 * MIB], [6 * MIB]]))
    for row in json.loads(await platform.store.read_all(manifest_key(key_of(job))))["frames"]:
        image = await platform.store.read_all(archive_key(key_of(job)), row["offset"], row["bytes"])
        assert hashlib.sha256(image).hexdigest() == row["sha256"]


@pytest.mark.parametrize("size_bytes", [1000, 20 * MIB])
async def test_a_part_that_is_not_whole_is_not_there(archives: S3Archives, platform: Platform, size_bytes: int) -> None:
    with pytest.raises(NotFound, match="decoder is gone"):
        await archives.write_part("parts/x/1/0-1", failing_after(frame(1, size_bytes), frame(2, size_bytes)))
    assert platform.objects("parts/") == set()
    assert await platform.store.list_multipart("parts/x/1/0-1") == []


async def test_a_segment_without_frames_has_no_object(archives: S3Archives, platform: Platform) -> None:
    written = await archives.write_part("parts/x/1/0-1", frames())
    assert (written.stored.size_bytes, written.rows) == (0, ())
    assert platform.objects("parts/") == set()


async def test_an_archive_with_a_missing_part_is_not_there(archives: S3Archives, platform: Platform, job: Job) -> None:
    written = await parts_of(archives, job, [[9 * MIB], [9 * MIB]])
    await archives.remove_part(written[1].stored.key)
    with pytest.raises(NotFound):
        await archives.join(key_of(job), job, written)
    assert archive_key(key_of(job)) not in platform.objects("results/")
    assert await platform.store.list_multipart(archive_key(key_of(job))) == []


async def test_one_picture_for_two_instants_is_two_entries(archives: S3Archives, platform: Platform) -> None:
    one = frame(1, 1000)
    again = Entry(2, "frame_000002.png", 1, 1, 1.0, keyframe=False, packet=1)
    twice = EncodedFrame((*one.entries, again), 1, 1, one.data)
    written = await archives.write_part("parts/x/1/0-1", frames(twice))
    assert [row.name for row in written.rows] == ["frame_000001.png", "frame_000002.png"]
    assert len({row.sha256 for row in written.rows}) == 1


async def test_an_upload_that_the_store_forgot_is_the_stores_failure(archives: S3Archives, platform: Platform) -> None:
    key = "parts/x/1/0-1"

    async def forgotten() -> AsyncGenerator[EncodedFrame, None]:
        yield frame(1, 9 * MIB)
        yield frame(2, 9 * MIB)
        for upload in await platform.store.list_multipart(key):
            await platform.store.abort_multipart(key, upload.upload_id)

    with pytest.raises(StoreUnavailable, match="is gone"):
        await archives.write_part(key, forgotten())
    assert platform.objects("parts/") == set()
