"""Whoever has read up to a seq has missed none, however transactions overlap."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from fiapx_common.postgres import transaction
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
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
