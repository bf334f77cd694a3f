"""Whoever has read up to a seq has missed none, however transactions overlap."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fiapx_common.postgres import transaction
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from upload_service.entities.errors import VideoNotFound
from upload_service.entities.listing import PAGE_BYTES
from upload_service.entities.video import Video
from upload_service.repositories.change_records import PostgresChangeRecords
from upload_service.repositories.videos import PostgresVideos

Query = Callable[..., Awaitable[Sequence[sa.RowMapping]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


async def add(connection: AsyncConnection, user_id: UUID) -> UUID:
    video = Video(uuid4(), user_id, "film.mp4", 1, "{}", NOW, NOW)
    await PostgresVideos(connection).add(video)
    return video.id


async def add_and_commit(engine: AsyncEngine, user_id: UUID) -> UUID:
    async with transaction(engine) as connection:
        video_id = await add(connection, user_id)
        await connection.commit()
        return video_id


async def test_a_change_that_is_recorded_later_does_not_become_true_earlier(
    engine: AsyncEngine, user_id: UUID, query: Query, eventually: Eventually
) -> None:
    records = PostgresChangeRecords(engine)

    async def somebody_waits() -> bool:
        return bool(await query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))

    async with transaction(engine) as slow:
        first = await add(slow, user_id)
        second = asyncio.create_task(add_and_commit(engine, user_id))
        assert await eventually(somebody_waits)
        assert await records.since(user_id, 0, 10) == []
        await slow.commit()
    found = await records.since(user_id, 0, 10)
    newest = await second
    assert first in [change.video.id for change in found]
    assert [change.video.id for change in await records.since(user_id, 0, 10)] == [first, newest]


async def test_another_users_changes_do_not_wait(engine: AsyncEngine, user_id: UUID) -> None:
    other = uuid4()
    async with transaction(engine) as slow:
        await add(slow, user_id)
        video_id = await add_and_commit(engine, other)
        found = await PostgresChangeRecords(engine).since(other, 0, 10)
        assert [change.video.id for change in found] == [video_id]


async def test_many_changes_are_read_page_by_page(engine: AsyncEngine, user_id: UUID) -> None:
    records = PostgresChangeRecords(engine)
    added = [await add_and_commit(engine, user_id) for _ in range(3)]
    page = await records.since(user_id, 0, 2)
    rest = await records.since(user_id, page[-1].seq, 2)
    assert [change.video.id for change in [*page, *rest]] == added


async def test_the_newest_of_several_users_are_read_at_once(engine: AsyncEngine, user_id: UUID) -> None:
    await add_and_commit(engine, user_id)
    (change,) = await PostgresChangeRecords(engine).since(user_id, 0, 10)
    assert await PostgresChangeRecords(engine).newest({user_id, uuid4()}) == {user_id: change.seq}


async def change_and_commit(engine: AsyncEngine, user_id: UUID, video_id: UUID, **fields: Any) -> None:
    async with transaction(engine) as connection:
        videos = PostgresVideos(connection)
        video = await videos.lock(user_id, video_id)
        await videos.change(video, replace(video, **fields))
        await connection.commit()


async def test_a_videos_history_is_told_from_its_beginning_page_by_page(engine: AsyncEngine, user_id: UUID) -> None:
    records, video_id = PostgresChangeRecords(engine), await add_and_commit(engine, user_id)
    await add_and_commit(engine, user_id)
    for progress in (0.25, 0.5):
        await change_and_commit(engine, user_id, video_id, progress=progress)
    (first, second), more = await records.history(user_id, video_id, 0, 2)
    (last,), follow = await records.history(user_id, video_id, second.seq, 2)
    assert (more, follow) == (True, False)
    assert (first.fields["filename"], first.fields["id"]) == ("film.mp4", str(video_id))
    assert [second.fields["progress"], last.fields["progress"]] == [0.25, 0.5]
    assert first.at <= second.at <= last.at


async def test_a_page_of_history_has_no_more_than_a_message_can_carry(engine: AsyncEngine, user_id: UUID) -> None:
    records, video_id = PostgresChangeRecords(engine), await add_and_commit(engine, user_id)
    for letter in "ab":
        await change_and_commit(engine, user_id, video_id, options_json=letter * PAGE_BYTES)
    pages, after, more = [], 0, True
    while more:
        page, more = await records.history(user_id, video_id, after, 200)
        pages.append(len(page))
        after = page[-1].seq
    assert pages == [1, 1, 1]


async def test_of_somebody_elses_video_and_of_a_deleted_one_nothing_is_told(engine: AsyncEngine, user_id: UUID) -> None:
    records, video_id = PostgresChangeRecords(engine), await add_and_commit(engine, user_id)
    with pytest.raises(VideoNotFound):
        await records.history(uuid4(), video_id, 0, 10)
    await change_and_commit(engine, user_id, video_id, deleted_at=NOW)
    with pytest.raises(VideoNotFound):
        await records.history(user_id, video_id, 0, 10)
