"""Rounds of sweeping go on, whatever one of them met."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.running import Started
from fiapx_testing.databases import Database
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from upload_service.settings import Settings, StreamSettings, SweepSettings

Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Left = Callable[[], Awaitable[list[str]]]


@pytest.fixture(scope="module")
def changes(settings: Settings, store_gate: TcpProxy) -> dict[str, Any]:
    """Rounds that come quickly and find everything old."""
    return {
        "store": settings.store.model_copy(update={"endpoint": store_gate.address, "timeout_s": 2.0}),
        "stream": StreamSettings(timeout_s=1e-3),
        "sweep": SweepSettings(period_s=0.1, grace_s=0.01),
    }


async def as_owner(database: Database, statement: str) -> None:
    owner = create_async_engine(database.owner_dsn)
    async with owner.begin() as connection:
        await connection.execute(sa.text(statement))
    await owner.dispose()


async def test_what_could_not_be_removed_while_the_store_was_down_goes_later(
    *,
    service: Started,
    store_proxy: TcpProxy,
    store: MinioObjectStore,
    left: Left,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def clean() -> bool:
        return await left() == []

    async def postponed() -> bool:
        return "sweep.postponed" in caplog.text

    store_proxy.cut()
    await store.put(f"sources/{uuid4()}", b"orphan")
    assert await eventually(postponed)
    assert not await clean()
    store_proxy.forward()
    assert await eventually(clean)
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        page = (await client.get(f"http://{service.ops}/metrics")).text
    assert 'fiapx_leftovers_swept_total{kind="orphans"}' in page


async def test_a_round_that_fails_is_not_the_last_one(
    *,
    service: Started,
    database: Database,
    store: MinioObjectStore,
    left: Left,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def clean() -> bool:
        return await left() == []

    async def failed() -> bool:
        return "sweep.failed" in caplog.text

    role = make_url(database.dsn).username
    await as_owner(database, f'REVOKE SELECT ON videos FROM "{role}"')
    await store.put(f"sources/{uuid4()}", b"orphan")
    assert await eventually(failed)
    await as_owner(database, f'GRANT SELECT ON videos TO "{role}"')
    assert await eventually(clean)
