"""What a repeated look at a completed video costs, and that nobody needs the cache for it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import auth_service.bootstrap
import pytest
import pytest_asyncio
import upload_service.bootstrap
from fiapx_common.settings import RedisSettings
from fiapx_testing.proxies import TcpProxy, tcp_proxy
from fiapx_testing.servers import Servers
from fiapx_testing.waiting import PATIENCE_S
from pydantic import SecretStr

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def redis(servers: Servers) -> AsyncIterator[TcpProxy]:
    """Before the services' Redis."""
    async with tcp_proxy(servers.redis.host, servers.redis.port) as proxy:
        yield proxy


@pytest.fixture
def cached(servers: Servers, backends: Any, redis: TcpProxy) -> dict[str, RedisSettings]:
    """Settings by which a service reaches its Redis through the proxy."""
    through = backends.redis_url.replace(servers.redis.address, redis.address)
    return {"redis": RedisSettings(url=SecretStr(through), timeout_s=PATIENCE_S)}


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(
    cached: dict[str, RedisSettings], backends: Any, upload_settings: Any, whole: Any, open_door: Any
) -> AsyncIterator[Any]:
    """A user of services that reach Redis through the proxy, at a gateway that asks for the session each time."""
    auth_settings = (await backends.auth_settings()).model_copy(update=cached)
    async with AsyncExitStack() as stack:
        auth = await stack.enter_async_context(auth_service.bootstrap.running(auth_settings))
        replica = upload_settings.model_copy(update=cached)
        upload = await stack.enter_async_context(upload_service.bootstrap.running(replica))
        targets = {"auth_target": f"ipv4:{auth.grpc}", "upload_target": f"ipv4:{upload.grpc}"}
        door = await open_door(whole.model_copy(update=cached | targets | {"session_check_s": 0}))
        somebody = await door.new_user()
        async with somebody.http:
            yield somebody


async def test_a_completed_video_told_again_costs_no_statement_and_without_redis_it_is_the_same(
    visitor: Any, redis: TcpProxy, clip: bytes, statements: Counter[str]
) -> None:
    video = (await visitor.upload(clip)).json()
    path = f"/videos/{video['id']}"
    async with asyncio.timeout(PATIENCE_S):
        while video["status"] != "completed":
            await asyncio.sleep(0.1)
            video = (await visitor.http.get(path)).json()
    again = await visitor.http.get(path)
    assert statements[again.headers["X-Trace-Id"]] == 0
    known = await visitor.http.get(path, headers={"If-None-Match": again.headers["ETag"]})
    assert (known.status_code, statements[known.headers["X-Trace-Id"]]) == (304, 0)
    redis.cut()
    without = await visitor.http.get(path)
    assert (without.status_code, without.json()) == (200, again.json())
    assert statements[without.headers["X-Trace-Id"]] > 0
