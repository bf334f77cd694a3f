"""The second time has no effect."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from fiapx_common.postgres import Inbox, forget_seen, transaction
from sqlalchemy.ext.asyncio import AsyncEngine


async def handle(engine: AsyncEngine, message_id: str, consumer: str = "tests", *, commit: bool = True) -> bool:
    async with transaction(engine) as connection:
        first = await Inbox(connection).first_time(message_id, consumer)
        if commit:
            await connection.commit()
    return first


async def test_the_second_time_is_not_the_first(engine: AsyncEngine) -> None:
    assert await handle(engine, "m1")
    assert not await handle(engine, "m1")


async def test_each_consumer_has_its_own_first_time(engine: AsyncEngine) -> None:
    assert await handle(engine, "m1", "one")
    assert await handle(engine, "m1", "other")


async def test_an_effect_rolled_back_leaves_the_first_time_open(engine: AsyncEngine) -> None:
    assert await handle(engine, "m1", commit=False)
    assert await handle(engine, "m1")


async def test_two_at_once_have_one_first_time(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        assert await Inbox(connection).first_time("m1", "tests")
        second = asyncio.create_task(handle(engine, "m1"))
        await asyncio.sleep(0.2)
        assert not second.done()
        await connection.commit()
    assert not await second


async def test_ten_at_once_have_one_first_time(engine: AsyncEngine) -> None:
    firsts = await asyncio.gather(*[handle(engine, "m1") for _ in range(10)])
    assert sum(firsts) == 1


async def test_old_ones_are_forgotten_and_young_ones_kept(engine: AsyncEngine) -> None:
    await handle(engine, "old")
    async with transaction(engine) as connection:
        await connection.execute(sa.text("UPDATE inbox SET seen_at = now() - interval '8 days'"))
        await connection.commit()
    await handle(engine, "young")
    assert await forget_seen(engine, timedelta(days=7)) == 1
    assert await handle(engine, "old")
    assert not await handle(engine, "young")
