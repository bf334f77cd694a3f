"""Downloads from a real object store, through a proxy that breaks connections."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from fiapx.downloading import download
from fiapx.errors import ProblemError, Unreachable
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.settings import StoreSettings
from fiapx_testing.object_stores import StoreSettings as FreshBucket
from fiapx_testing.proxies import TcpProxy
from pydantic import SecretStr

ARCHIVE = random.Random(1).randbytes(24 * 1024 * 1024)
KEY = "results/1/1/frames.zip"

Fetch = Callable[..., Awaitable[int]]


@pytest.fixture
async def store(object_store: FreshBucket) -> AsyncIterator[MinioObjectStore]:
    opened = MinioObjectStore(
        StoreSettings(
            endpoint=object_store.endpoint,
            access_key=SecretStr(object_store.access_key),
            secret_key=SecretStr(object_store.secret_key),
            bucket=object_store.bucket,
            region=object_store.region,
        )
    )
    await opened.put(KEY, ARCHIVE)
    yield opened
    opened.close()


@pytest.fixture
async def between(object_store: FreshBucket, proxy: Callable[[str, int], Awaitable[TcpProxy]]) -> TcpProxy:
    host, _, port = object_store.endpoint.partition(":")
    return await proxy(host, int(port))


@pytest.fixture
def links(store: MinioObjectStore, between: TcpProxy) -> Callable[[], str]:
    """Presigned URLs that lead through the proxy."""
    return partial(store.presign_get, KEY, 60, "frames.zip", public_url=f"http://{between.address}")


async def test_an_archive_arrives_whole_and_only_then_has_its_name(links: Callable[[], str], tmp_path: Path) -> None:
    path = tmp_path / "frames.zip"
    seen: list[bool] = []
    size = await asyncio.to_thread(download, links, path, 60, 60, lambda _have, _size: seen.append(path.exists()))
    assert (size, path.read_bytes() == ARCHIVE, set(seen)) == (len(ARCHIVE), True, {False})
    assert not path.with_name("frames.zip.part").exists()


async def test_a_download_that_is_cut_off_goes_on_where_it_was(
    links: Callable[[], str], between: TcpProxy, tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()
    seen: list[int] = []

    def cut_twice(have_bytes: int, _size_bytes: int) -> None:
        if not seen or (seen[-1] < len(ARCHIVE) // 2 <= have_bytes):
            loop.call_soon_threadsafe(between.reset)
        seen.append(have_bytes)

    await asyncio.to_thread(download, links, tmp_path / "frames.zip", 60, 60, cut_twice)
    assert (tmp_path / "frames.zip").read_bytes() == ARCHIVE
    assert seen == sorted(seen)


async def test_an_archive_that_changed_meanwhile_is_fetched_anew(
    links: Callable[[], str], between: TcpProxy, store: MinioObjectStore, tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()
    other = ARCHIVE[::-1]
    asked: list[str] = []

    def link() -> str:
        if asked:
            asyncio.run_coroutine_threadsafe(store.put(KEY, other), loop).result(60)
        asked.append(links())
        return asked[-1]

    def cut_once(_have_bytes: int, _size_bytes: int) -> None:
        if len(asked) == 1:
            loop.call_soon_threadsafe(between.reset)

    await asyncio.to_thread(download, link, tmp_path / "frames.zip", 60, 60, cut_once)
    assert len(asked) > 1
    assert (tmp_path / "frames.zip").read_bytes() == other


async def test_a_store_that_stays_away_is_told_and_leaves_no_archive(
    links: Callable[[], str], between: TcpProxy, tmp_path: Path
) -> None:
    between.cut()
    with pytest.raises(Unreachable):
        await asyncio.to_thread(download, links, tmp_path / "frames.zip", 2, 1, None)
    assert not (tmp_path / "frames.zip").exists()


async def test_a_link_that_the_store_refuses_is_told(links: Callable[[], str], tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        await asyncio.to_thread(download, lambda: links() + "0", tmp_path / "frames.zip", 60, 1, None)
    assert refused.value.status == 403
