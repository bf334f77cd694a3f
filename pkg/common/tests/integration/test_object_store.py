"""What we rely on in every object store, tried on real ones: one class, inherited once per store."""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fiapx_common.errors import Unavailable
from fiapx_common.object_store import (
    MinioObjectStore,
    ObjectNotFound,
    Part,
    PartsRefused,
    RangeNotSatisfiable,
    StoreRefused,
    UploadNotFound,
)
from fiapx_common.settings import StoreSettings
from fiapx_testing.object_stores import StoreSettings as FreshBucket
from fiapx_testing.proxies import TcpProxy
from pydantic import SecretStr

MIB = 1 << 20
OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]


def settings_of(bucket: FreshBucket) -> StoreSettings:
    return StoreSettings(
        endpoint=bucket.endpoint,
        access_key=SecretStr(bucket.access_key),
        secret_key=SecretStr(bucket.secret_key),
        bucket=bucket.bucket,
        region=bucket.region,
        timeout_s=5,
        connections=4,
    )


async def first_chunk(store: MinioObjectStore) -> bytes:
    return await anext(store.read("a"))


class ObjectStoreContract:
    """Subclasses give `settings` of a fresh bucket."""

    @pytest.fixture
    async def store(self, settings: StoreSettings) -> AsyncIterator[MinioObjectStore]:
        store = MinioObjectStore(settings)
        yield store
        store.close()

    # objects

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

    # lists and deletion

    async def test_a_list_has_what_begins_so_in_order(self, store: MinioObjectStore) -> None:
        for key in ("p/2/b", "p/1", "p/2/a", "q/1"):
            await store.put(key, key.encode())
        assert [item.key async for item in store.list("p/")] == ["p/1", "p/2/a", "p/2/b"]

    async def test_a_list_of_nothing_is_empty(self, store: MinioObjectStore) -> None:
        assert [item async for item in store.list("nothing/")] == []

    async def test_a_list_goes_beyond_one_page_and_so_does_deletion(self, store: MinioObjectStore) -> None:
        keys = [f"many/{number:05}" for number in range(1005)]
        await asyncio.gather(*(store.put(key, b"x") for key in keys))
        assert [item.key async for item in store.list("many/")] == keys
        assert await store.delete_prefix("many/") == 1005
        assert [item async for item in store.list("many/")] == []

    async def test_deleting_what_is_not_there_is_no_error(self, store: MinioObjectStore) -> None:
        await store.put("a", b"x")
        await store.delete(["a", "nope"])
        await store.delete([])
        with pytest.raises(ObjectNotFound):
            await store.stat("a")

    async def test_deleting_a_folder_leaves_its_neighbour(self, store: MinioObjectStore) -> None:
        await store.put("parts/1/a", b"x")
        await store.put("parts/10/a", b"x")
        assert await store.delete_prefix("parts/1/") == 1
        assert (await store.stat("parts/10/a")).size_bytes == 1

    async def test_deleting_a_folder_leaves_no_folders(self, store: MinioObjectStore, settings: StoreSettings) -> None:
        for key in ("parts/1/1/a", "parts/1/2/a", "parts/1/b"):
            await store.put(key, b"x")
        await store.delete_prefix("parts/1/")
        assert list(store._client.list_objects(settings.bucket, "parts/1/", recursive=True)) == []

    @pytest.mark.parametrize("prefix", ["", "/", "parts/1"])
    async def test_only_a_folder_is_deleted_whole(self, store: MinioObjectStore, prefix: str) -> None:
        with pytest.raises(ValueError, match="not a folder"):
            await store.delete_prefix(prefix)

    # multipart uploads

    async def test_parts_are_joined_in_the_order_of_their_numbers(self, store: MinioObjectStore) -> None:
        first, second = os.urandom(5 * MIB), os.urandom(1000)
        upload = await store.create_multipart("joined", "application/zip")
        last = await store.put_part("joined", upload, 2, second)
        parts = [last, await store.put_part("joined", upload, 1, first)]
        facts = await store.complete_multipart("joined", upload, parts)
        assert facts.size_bytes == len(first) + len(second)
        assert await store.read_all("joined") == first + second

    async def test_a_part_may_be_sent_again(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        await store.put_part("joined", upload, 1, b"wrong")
        part = await store.put_part("joined", upload, 1, b"right")
        await store.complete_multipart("joined", upload, [part])
        assert await store.read_all("joined") == b"right"

    async def test_the_store_tells_which_parts_it_has(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        parts = [await store.put_part("joined", upload, number, b"x" * number) for number in (3, 1)]
        assert await store.list_parts("joined", upload) == sorted(parts, key=lambda part: part.number)

    async def test_a_list_of_parts_goes_beyond_one_page(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        await asyncio.gather(*(store.put_part("joined", upload, number, b"x") for number in range(1, 1003)))
        assert [part.number for part in await store.list_parts("joined", upload)] == list(range(1, 1003))
        await store.abort_multipart("joined", upload)

    async def test_a_part_is_copied_from_a_range_of_another_object(self, store: MinioObjectStore) -> None:
        source = os.urandom(6 * MIB)
        await store.put("source/with space+ü", source)
        upload = await store.create_multipart("joined")
        copied = await store.copy_part("joined", upload, 1, "source/with space+ü", start=10, length=len(source) - 10)
        tail = await store.put_part("joined", upload, 2, b"tail")
        await store.complete_multipart("joined", upload, [copied, tail])
        assert await store.read_all("joined") == source[10:] + b"tail"

    async def test_a_part_cannot_be_copied_from_what_is_not_there(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        with pytest.raises(ObjectNotFound):
            await store.copy_part("joined", upload, 1, "nope", start=0, length=10)

    async def test_completing_again_after_a_lost_answer_gives_the_object(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        parts = [await store.put_part("joined", upload, 1, b"once")]
        first = await store.complete_multipart("joined", upload, parts)
        again = await store.complete_multipart("joined", upload, parts)
        assert again == first

    async def test_completing_what_was_aborted_is_not_found_though_the_key_exists(
        self, store: MinioObjectStore
    ) -> None:
        await store.put("joined", b"other")
        upload = await store.create_multipart("joined")
        parts = [await store.put_part("joined", upload, 1, b"once")]
        await store.abort_multipart("joined", upload)
        with pytest.raises(UploadNotFound):
            await store.complete_multipart("joined", upload, parts)

    async def test_parts_that_the_store_does_not_have_are_refused(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        await store.put_part("joined", upload, 1, b"x")
        with pytest.raises(PartsRefused):
            await store.complete_multipart("joined", upload, [Part(1, "0" * 32, 1)])

    async def test_an_upload_that_never_was_has_no_parts(self, store: MinioObjectStore) -> None:
        for asked in (store.list_parts("joined", "nope"), store.put_part("joined", "nope", 1, b"x")):
            with pytest.raises(UploadNotFound):
                await asked

    async def test_open_uploads_are_listed_until_they_end(self, store: MinioObjectStore) -> None:
        one = await store.create_multipart("sources/1")
        two = await store.create_multipart("sources/2")
        await store.create_multipart("parts/1")
        assert {(each.key, each.upload_id) for each in await store.list_multipart("sources/")} == {
            ("sources/1", one),
            ("sources/2", two),
        }
        await store.abort_multipart("sources/1", one)
        await store.complete_multipart("sources/2", two, [await store.put_part("sources/2", two, 1, b"x")])
        assert await store.list_multipart("sources/") == []
        assert [each.started_at is not None for each in await store.list_multipart()] == [True]

    async def test_a_list_of_open_uploads_goes_beyond_one_page(self, store: MinioObjectStore) -> None:
        await asyncio.gather(*(store.create_multipart(f"sources/{number}") for number in range(1002)))
        assert len(await store.list_multipart("sources/")) == 1002

    async def test_aborting_twice_is_no_error(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        await store.abort_multipart("joined", upload)
        await store.abort_multipart("joined", upload)

    async def test_an_object_is_unseen_until_its_parts_are_joined(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        await store.put_part("joined", upload, 1, b"x")
        with pytest.raises(ObjectNotFound):
            await store.stat("joined")
        assert [item async for item in store.list("")] == []

    # addresses for others

    async def test_a_presigned_address_downloads_under_a_name(
        self, store: MinioObjectStore, settings: StoreSettings
    ) -> None:
        await store.put("results/1", b"0123456789", "application/zip")
        url = store.presign_get("results/1", 60, "férias.zip", f"http://{settings.endpoint}", "application/zip")
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(url, headers={"Range": "bytes=2-4"})
        assert (answer.status_code, answer.content) == (206, b"234")
        assert "filename*=UTF-8''f%C3%A9rias.zip" in answer.headers["content-disposition"]
        assert answer.headers["content-type"] == "application/zip"

    async def test_a_presigned_address_takes_one_part(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        url = store.presign_part("joined", upload, 1, 60)
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.put(url, content=b"from a browser")
        assert answer.status_code == 200
        (part,) = await store.list_parts("joined", upload)
        assert (part.etag, part.size_bytes) == (answer.headers["etag"].strip('"'), 14)

    @pytest.mark.parametrize("change", ["key", "method", "part"])
    async def test_a_presigned_address_is_good_for_nothing_else(self, store: MinioObjectStore, change: str) -> None:
        await store.put("joined-not", b"secret")
        upload = await store.create_multipart("joined")
        url = store.presign_part("joined", upload, 1, 60)
        changed = {
            "key": url.replace("/joined?", "/joined-not?"),
            "method": url,
            "part": url.replace("partNumber=1", "partNumber=2"),
        }[change]
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.request("GET" if change == "method" else "PUT", changed, content=b"x")
        assert answer.status_code == 403

    async def test_a_presigned_address_expires(self, store: MinioObjectStore) -> None:
        await store.put("a", b"x")
        url = store.presign_get("a", 1, "a.zip")
        await asyncio.sleep(2.1)
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(url)).status_code == 403

    async def test_a_presigned_address_names_the_readers_way_to_the_store(self, store: MinioObjectStore) -> None:
        url = urlsplit(store.presign_get("a", 60, "a.zip", "https://store.example.com"))
        assert (url.scheme, url.netloc) == ("https", "store.example.com")
        assert parse_qs(url.query)["X-Amz-Expires"] == ["60"]

    # buckets, health and faults

    async def test_several_may_make_the_bucket_at_once(self, settings: StoreSettings) -> None:
        fresh = settings.model_copy(update={"bucket": f"{settings.bucket}-more"})
        stores = [MinioObjectStore(fresh) for _ in range(4)]
        await asyncio.gather(*(store.ensure_bucket() for store in stores))
        assert await stores[0].healthy()
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

    async def test_a_store_that_is_away_is_unavailable_soon(self, settings: StoreSettings, proxy: OpenProxy) -> None:
        host, port = settings.endpoint.split(":")
        faulty = await proxy(host, int(port))
        store = MinioObjectStore(settings.model_copy(update={"endpoint": faulty.address}))
        await store.put("a", b"x")
        faulty.cut()
        started = time.monotonic()
        for asked in (store.stat("a"), store.put("a", b"y"), store.read_all("a"), store.check()):
            with pytest.raises(Unavailable):
                await asked
        assert time.monotonic() - started < 10
        faulty.forward()
        assert await store.read_all("a") == b"x"
        store.close()

    async def test_a_store_that_says_nothing_is_unavailable_after_the_timeout_and_asked_once(
        self, settings: StoreSettings, proxy: OpenProxy
    ) -> None:
        host, port = settings.endpoint.split(":")
        faulty = await proxy(host, int(port))
        store = MinioObjectStore(settings.model_copy(update={"endpoint": faulty.address, "timeout_s": 1.0}))
        await store.put("a", b"x")
        faulty.blackhole()
        started = time.monotonic()
        with pytest.raises(Unavailable):
            await store.read_all("a")
        with pytest.raises(Unavailable):
            await store.check()
        assert time.monotonic() - started < 4
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
        await asyncio.sleep(0.5)
        assert (tmp_path / "a").exists()
        faulty.cut()
        with pytest.raises(Unavailable):
            await download
        assert not (tmp_path / "a").exists()
        store.close()


class TestJuiceFsGateway(ObjectStoreContract):
    """MinIO's own gateway code before a file system: the store of the local stack."""

    @pytest.fixture
    def settings(self, object_store: FreshBucket) -> StoreSettings:
        return settings_of(object_store)
