"""Objects: put, read, described: what we rely on in every store."""

import asyncio
import hashlib
import os
import time
from contextlib import aclosing
from pathlib import Path

import pytest
from fiapx_common.object_store import MinioObjectStore, ObjectNotFound, RangeNotSatisfiable

MIB = 1 << 20


async def first_chunk(store: MinioObjectStore) -> bytes:
    return await anext(store.read("a"))


class ObjectsContract:
    """Tried on each store that a subclass names by its `settings`."""

    async def test_what_is_put_is_read(self, store: MinioObjectStore) -> None:
        data = os.urandom(100_000)
        await store.put("a/b", data, "image/png")
        assert await store.read_all("a/b") == data

    async def test_an_object_of_no_bytes_is_an_object(self, store: MinioObjectStore) -> None:
        await store.put("empty", b"")
        assert [chunk async for chunk in store.read("empty")] == []
        assert (await store.stat("empty")).size_bytes == 0

    async def test_an_object_of_twenty_mebibytes_is_put_in_one_request(self, store: MinioObjectStore) -> None:
        data = os.urandom(20 * MIB)
        facts = await store.put("large", data)
        assert (facts.size_bytes, facts.etag) == (len(data), hashlib.md5(data, usedforsecurity=False).hexdigest())

    async def test_a_put_replaces_what_was_there(self, store: MinioObjectStore) -> None:
        await store.put("a", b"old and longer")
        await store.put("a", b"new")
        assert await store.read_all("a") == b"new"

    async def test_stat_tells_size_etag_and_time(self, store: MinioObjectStore) -> None:
        put = await store.put("a", b"hello")
        found = await store.stat("a")
        assert (found.size_bytes, found.etag) == (5, put.etag) == (5, hashlib.md5(b"hello").hexdigest())
        assert found.modified_at is not None
        assert abs(found.modified_at.timestamp() - time.time()) < 60

    async def test_what_is_not_there_is_not_found(self, store: MinioObjectStore, tmp_path: Path) -> None:
        for asked in (store.stat("nope"), store.read_all("nope"), store.download("nope", tmp_path / "nope")):
            with pytest.raises(ObjectNotFound):
                await asked
        assert not (tmp_path / "nope").exists()

    @pytest.mark.parametrize(
        ("start", "length", "expected"),
        [(0, 4, b"0123"), (3, 1, b"3"), (6, None, b"6789"), (6, 100, b"6789"), (9, 1, b"9"), (4, 0, b"")],
    )
    async def test_a_range_is_read(
        self, store: MinioObjectStore, start: int, length: int | None, expected: bytes
    ) -> None:
        await store.put("digits", b"0123456789")
        assert b"".join([chunk async for chunk in store.read("digits", start, length)]) == expected
        assert await store.read_all("digits", start, length) == expected

    async def test_a_range_behind_the_end_is_refused(self, store: MinioObjectStore) -> None:
        await store.put("digits", b"0123456789")
        with pytest.raises(RangeNotSatisfiable):
            await store.read_all("digits", 10, 1)

    async def test_chunks_are_as_large_as_asked(self, store: MinioObjectStore) -> None:
        await store.put("a", os.urandom(1000))
        assert [len(chunk) async for chunk in store.read("a", chunk_bytes=300)] == [300, 300, 300, 100]

    async def test_a_stream_may_be_left_midway_often(self, store: MinioObjectStore) -> None:
        await store.put("a", os.urandom(3 * MIB))
        for _ in range(20):
            async with aclosing(store.read("a", chunk_bytes=1000)) as chunks:
                assert len(await anext(chunks)) == 1000

    async def test_more_streams_than_connections_flow_at_once(self, store: MinioObjectStore) -> None:
        data = os.urandom(2 * MIB)
        await store.put("a", data)

        async def slowly() -> int:
            size = 0
            async for chunk in store.read("a", chunk_bytes=200_000):
                size += len(chunk)
                await asyncio.sleep(0.01)
            return size

        assert await asyncio.gather(*(slowly() for _ in range(12))) == [len(data)] * 12

    async def test_a_reader_cancelled_at_its_start_leaves_the_store_usable(self, store: MinioObjectStore) -> None:
        await store.put("a", b"hello")
        for number in range(10):
            reader = asyncio.create_task(store.read_all("a") if number % 2 else first_chunk(store))
            await asyncio.sleep(0)
            reader.cancel()
            await asyncio.wait([reader])
        assert await store.read_all("a") == b"hello"

    async def test_an_object_is_downloaded_to_a_file(self, store: MinioObjectStore, tmp_path: Path) -> None:
        data = os.urandom(2 * MIB + 5)
        await store.put("a", data)
        assert await store.download("a", tmp_path / "a") == len(data)
        assert (tmp_path / "a").read_bytes() == data


class TestJuiceFsGateway(ObjectsContract):
    """MinIO's own gateway code before a file system: the store of the local stack, and of these tests by default."""
