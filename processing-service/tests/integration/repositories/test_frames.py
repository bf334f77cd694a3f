"""Rows of frames on a real database, more than one statement takes."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fiapx_common.postgres import transaction
from fiapx_engine.frame_rows import FrameRow
from fiapx_testing.clips import Clips
from processing_service.entities.job import JobKey
from processing_service.entities.segment import SegmentKey
from processing_service.repositories.frames import PostgresFrames
from sqlalchemy.ext.asyncio import AsyncConnection

Platform = Any  # conftest's
FRAMES = 2500


def row(index: int) -> FrameRow:
    return FrameRow(
        index=index,
        name=f"frame_{index:06}.png",
        frame=index,
        pts=index,
        time_s=float(index),
        keyframe=False,
        width=1,
        height=1,
        size_bytes=100,
        crc32=0,
        sha256="",
        offset=index * 1000,
        sharpness=1.5,
        black=0.25,
        hash="0" * 16,
    )


async def job_with_a_segment(platform: Platform, clips: Clips) -> JobKey:
    video = await platform.insert_job(clips.counter(frames=30).path)
    await platform.change(
        "INSERT INTO segments (video_id, attempt, number, spec, frames_planned, work_s) VALUES (:id, 1, 0, '{}', 1, 1)",
        id=video.video_id,
    )
    return JobKey(UUID(str(video.video_id)), 1)


async def all_rows(connection: AsyncConnection, job: JobKey) -> list[FrameRow]:
    return [found for _, found in await PostgresFrames(connection).by_segment(job)]


@pytest.mark.parametrize(
    "dropped",
    [
        set(),
        {1000, 1001},
        {1, FRAMES},
        set(range(2, FRAMES + 1)),
        set(range(900, 1900)),
        {index for index in range(1, FRAMES + 1) if index % 2},
    ],
    ids=["none", "at a border", "both ends", "all but one", "a thousand", "each second"],
)
async def test_what_is_kept_is_all_that_is_left_at_its_new_places(
    platform: Platform, clips: Clips, dropped: set[int]
) -> None:
    job = await job_with_a_segment(platform, clips)
    rows = [row(index) for index in range(1, FRAMES + 1)]
    kept = [
        replace(one, offset=place, freeze=place / FRAMES if place else None)
        for place, one in enumerate(one for one in rows if one.index not in dropped)
    ]
    async with transaction(platform.engine) as connection:
        frames = PostgresFrames(connection)
        await frames.add(SegmentKey(job, 0), rows)
        assert await all_rows(connection, job) == rows
        await frames.keep(job, kept)
        assert await all_rows(connection, job) == kept
