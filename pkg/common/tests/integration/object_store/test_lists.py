"""Lists of objects, and their deletion: what we rely on in every store."""

import asyncio

import pytest
from fiapx_common.object_store import MinioObjectStore, ObjectNotFound
from fiapx_common.settings import StoreSettings


class ListsContract:
    """Tried on each store that a subclass names by its `settings`."""

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


class TestJuiceFsGateway(ListsContract):
    """MinIO's own gateway code before a file system: the store of the local stack, and of these tests by default."""
