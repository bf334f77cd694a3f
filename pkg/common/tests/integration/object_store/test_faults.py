"""Buckets, health and what goes wrong: what we rely on in every store."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from fiapx_common.errors import Unavailable
from fiapx_common.object_store import MinioObjectStore, StoreRefused
from fiapx_common.object_store.s3_client import RETRIES
from fiapx_common.settings import StoreSettings
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import SecretStr

MIB = 1 << 20
OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]


class FaultsContract:
    """Tried on each store that a subclass names by its `settings`."""

    async def test_several_may_make_the_bucket_at_once(self, settings: StoreSettings) -> None:
        fresh = settings.model_copy(update={"bucket": f"{settings.bucket}-more"})
        stores = [MinioObjectStore(fresh) for _ in range(4)]
        await asyncio.gather(*(store.ensure_bucket() for store in stores))
        await until(stores[0].healthy)
        stores[0]._client.remove_bucket(fresh.bucket)
        for store in stores:
            store.close()

    async def test_a_bucket_that_is_not_there_is_not_ready(self, settings: StoreSettings) -> None:
        store = MinioObjectStore(settings.model_copy(update={"bucket": "nobodys-bucket"}))
        with pytest.raises(StoreRefused):
            await store.check()
        assert not await store.healthy()
        store.close()

    async def test_wrong_credentials_are_an_operators_matter(self, settings: StoreSettings) -> None:
        store = MinioObjectStore(settings.model_copy(update={"secret_key": SecretStr("wrong-secret-key")}))
        with pytest.raises(StoreRefused):
            await store.put("a", b"x")
        store.close()

    async def test_a_store_that_is_away_is_unavailable_after_few_tries(
        self, settings: StoreSettings, proxy: OpenProxy
    ) -> None:
        host, port = settings.endpoint.split(":")
        faulty = await proxy(host, int(port))
        store = MinioObjectStore(settings.model_copy(update={"endpoint": faulty.address}))
        await store.put("a", b"x")
        faulty.cut()
        before = faulty.accepted
        for asked in (store.stat("a"), store.put("a", b"y"), store.read_all("a"), store.check()):
            with pytest.raises(Unavailable):
                await asked
        assert 4 <= faulty.accepted - before <= 4 * (1 + RETRIES)
        faulty.forward()
        assert await store.read_all("a") == b"x"
        store.close()

    async def test_a_store_that_says_nothing_is_unavailable_after_the_timeout_and_asked_once(
        self, settings: StoreSettings, proxy: OpenProxy
    ) -> None:
        host, port = settings.endpoint.split(":")
        faulty = await proxy(host, int(port))
        store = MinioObjectStore(settings.model_copy(update={"endpoint": faulty.address, "timeout_s": 3.0}))
        await store.put("a", b"x")
        faulty.blackhole()
        before = faulty.accepted
        async with asyncio.timeout(PATIENCE_S):
            for asked in (store.read_all("a"), store.check()):
                with pytest.raises(Unavailable):
                    await asked
        assert faulty.accepted - before <= 2
        faulty.forward()
        assert await store.read_all("a") == b"x"
        store.close()

    async def test_a_connection_that_breaks_between_requests_is_not_noticed(
        self, settings: StoreSettings, proxy: OpenProxy
    ) -> None:
        host, port = settings.endpoint.split(":")
        faulty = await proxy(host, int(port))
        store = MinioObjectStore(settings.model_copy(update={"endpoint": faulty.address}))
        for _ in range(5):
            await store.put("a", b"x")
            faulty.reset()
        store.close()

    async def test_a_stream_that_breaks_is_unavailable_and_never_short(
        self, settings: StoreSettings, proxy: OpenProxy
    ) -> None:
        host, port = settings.endpoint.split(":")
        faulty = await proxy(host, int(port))
        store = MinioObjectStore(settings.model_copy(update={"endpoint": faulty.address}))
        await store.put("a", os.urandom(16 * MIB))

        async def read() -> None:
            async for _ in store.read("a", chunk_bytes=MIB):
                faulty.cut()

        with pytest.raises(Unavailable):
            await read()
        store.close()

    async def test_a_download_that_breaks_leaves_no_file(
        self, settings: StoreSettings, proxy: OpenProxy, tmp_path: Path
    ) -> None:
        host, port = settings.endpoint.split(":")
        faulty = await proxy(host, int(port))
        store = MinioObjectStore(settings.model_copy(update={"endpoint": faulty.address}))
        await store.put("a", os.urandom(16 * MIB))
        faulty.delay(0.05)
        download = asyncio.create_task(store.download("a", tmp_path / "a"))
        await until((tmp_path / "a").exists)
        faulty.cut()
        with pytest.raises(Unavailable):
            await download
        assert not (tmp_path / "a").exists()
        store.close()


class TestJuiceFsGateway(FaultsContract):
    """MinIO's own gateway code before a file system: the store of the local stack, and of these tests by default."""
