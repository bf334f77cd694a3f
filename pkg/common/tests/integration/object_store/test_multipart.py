"""Large objects in parts: what we rely on in every store."""

import asyncio
import os
from typing import Any

import pytest
from fiapx_common.object_store import MinioObjectStore, ObjectNotFound, Part, PartsRefused, UploadNotFound

MIB = 1 << 20


class MultipartContract:
    """Tried on each store that a subclass names by its `settings`."""

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

    async def test_a_list_of_parts_goes_beyond_one_page(self, store: MinioObjectStore, small_pages: Any) -> None:
        upload = await store.create_multipart("joined")
        await asyncio.gather(*(store.put_part("joined", upload, number, b"x") for number in range(1, 9)))
        assert [part.number for part in await store.list_parts("joined", upload)] == list(range(1, 9))
        assert small_pages.pages == 3
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

    async def test_a_list_of_open_uploads_goes_beyond_one_page(self, store: MinioObjectStore, small_pages: Any) -> None:
        opened = await asyncio.gather(*(store.create_multipart(f"sources/{number % 7}") for number in range(8)))
        listed = await store.list_multipart("sources/")
        assert sorted(each.upload_id for each in listed) == sorted(opened)
        assert small_pages.pages >= 3

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

    async def test_several_may_complete_at_once(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        parts = [await store.put_part("joined", upload, number, os.urandom(5 * MIB)) for number in (1, 2)]
        joined = await asyncio.gather(*(store.complete_multipart("joined", upload, parts) for _ in range(4)))
        assert {(facts.size_bytes, facts.etag) for facts in joined} == {(10 * MIB, joined[0].etag)}


class TestJuiceFsGateway(MultipartContract):
    """MinIO's own gateway code before a file system: the store of the local stack, and of these tests by default."""
