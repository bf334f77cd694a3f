"""What stays, and what a database that is away looks like."""

import asyncio
import socket

import pytest
import sqlalchemy as sa
from fiapx_common.errors import Unavailable
from fiapx_common.postgres import check_database, create_engine, transaction
from fiapx_common.settings import PostgresSettings
from fiapx_testing.waiting import until
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine


async def insert_thing(engine: AsyncEngine, name: str, *, commit: bool) -> None:
    async with transaction(engine) as connection:
        await connection.execute(sa.text("INSERT INTO things (name) VALUES (:name)"), {"name": name})
        if commit:
            await connection.commit()


async def things(engine: AsyncEngine) -> list[str]:
    async with transaction(engine) as connection:
        return list((await connection.scalars(sa.text("SELECT name FROM things ORDER BY name"))).all())


def impatient(settings: PostgresSettings, **changes: object) -> AsyncEngine:
    return create_engine(settings.model_copy(update={"timeout_s": 2, **changes}), "test-service")


async def test_nothing_stays_without_a_commit(engine: AsyncEngine) -> None:
    await insert_thing(engine, "red", commit=False)
    assert await things(engine) == []


async def test_what_was_committed_stays(engine: AsyncEngine) -> None:
    await insert_thing(engine, "red", commit=True)
    assert await things(engine) == ["red"]


async def commit_one_and_fail(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        await connection.execute(sa.text("INSERT INTO things (name) VALUES ('kept')"))
        await connection.commit()
        await connection.execute(sa.text("INSERT INTO things (name) VALUES ('lost')"))
        raise ZeroDivisionError


async def test_an_error_undoes_what_came_after_the_commit(engine: AsyncEngine) -> None:
    with pytest.raises(ZeroDivisionError):
        await commit_one_and_fail(engine)
    assert await things(engine) == ["kept"]


async def test_a_refused_connection_is_unavailable() -> None:
    with socket.socket() as unserved:
        unserved.bind(("127.0.0.1", 0))
        dsn = f"postgresql+asyncpg://x:y@127.0.0.1:{unserved.getsockname()[1]}/z"
        engine = create_engine(PostgresSettings(dsn=SecretStr(dsn)), "test-service")
        with pytest.raises(Unavailable):
            async with transaction(engine):
                pass
        await engine.dispose()


async def test_a_server_that_never_answers_is_unavailable_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dsn = f"postgresql+asyncpg://x:y@127.0.0.1:{silent.getsockname()[1]}/z"
        engine = impatient(PostgresSettings(dsn=SecretStr(dsn)))
        async with asyncio.timeout(30):  # the driver's own time-out is a minute
            with pytest.raises(Unavailable):
                await check_database(engine)
        await engine.dispose()


async def test_a_slow_statement_is_unavailable(database_settings: PostgresSettings) -> None:
    engine = impatient(database_settings)
    with pytest.raises(Unavailable):
        async with transaction(engine) as connection:
            await connection.execute(sa.text("SELECT pg_sleep(60)"))
    await engine.dispose()


async def test_a_cancelled_statement_stays_a_cancellation(engine: AsyncEngine) -> None:
    async def sleep_there() -> None:
        async with transaction(engine) as connection:
            await connection.execute(sa.text("SELECT pg_sleep(5)"))

    sleeping = asyncio.create_task(sleep_there())
    await asyncio.sleep(0.3)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping


async def test_no_free_connection_is_unavailable(database_settings: PostgresSettings) -> None:
    engine = impatient(database_settings, pool_size=1)
    async with transaction(engine):
        with pytest.raises(Unavailable):
            async with transaction(engine):
                pass
    await engine.dispose()


async def test_a_lock_not_given_in_time_is_unavailable(
    engine: AsyncEngine, database_settings: PostgresSettings
) -> None:
    waiting = impatient(database_settings)
    async with transaction(engine) as holder:
        await holder.execute(sa.text("INSERT INTO things (name) VALUES ('red')"))
        with pytest.raises(Unavailable):
            await insert_thing(waiting, "red", commit=True)
    await waiting.dispose()


async def test_a_connection_lost_midway_is_unavailable_and_the_next_one_works(engine: AsyncEngine) -> None:
    with pytest.raises(Unavailable):
        await lose_a_connection(engine)
    await insert_thing(engine, "red", commit=True)
    assert await things(engine) == ["red"]


async def lose_a_connection(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        doomed = await connection.scalar(sa.text("SELECT pg_backend_pid()"))
        async with transaction(engine) as other:
            await other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": doomed})
        await until(lambda: has_ended(engine, doomed))
        await connection.execute(sa.text("SELECT 1"))


async def has_ended(engine: AsyncEngine, pid: int | None) -> bool:
    async with transaction(engine) as connection:
        found = await connection.execute(sa.text("SELECT FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid})
        return found.first() is None


async def test_connections_lost_while_idle_are_not_noticed_by_the_next_user(
    engine: AsyncEngine, database_settings: PostgresSettings
) -> None:
    await asyncio.gather(*[check_database(engine) for _ in range(3)])
    killer = create_engine(database_settings, "killer")
    async with transaction(killer) as connection:
        found = await connection.scalars(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-service'")
        )
        assert all(found.all())
    await killer.dispose()
    await insert_thing(engine, "red", commit=True)
    await insert_thing(engine, "blue", commit=True)
    assert await things(engine) == ["blue", "red"]


async def test_a_row_that_breaks_a_rule_is_no_outage(engine: AsyncEngine) -> None:
    await insert_thing(engine, "red", commit=True)
    with pytest.raises(sa.exc.IntegrityError):
        await insert_thing(engine, "red", commit=True)


async def test_an_errors_text_does_not_hold_the_values(engine: AsyncEngine) -> None:
    await insert_thing(engine, "secret-name", commit=True)
    with pytest.raises(sa.exc.IntegrityError) as caught:
        await insert_thing(engine, "secret-name", commit=True)
    assert "parameters" in str(caught.value)
    assert "[parameters: ('secret-name'" not in str(caught.value)


async def test_a_healthy_database_passes_its_check(engine: AsyncEngine) -> None:
    await check_database(engine)
