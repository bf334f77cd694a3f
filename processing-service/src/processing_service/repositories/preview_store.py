"""Overviews in the object store, beside the archives that they show.

Needs to read, write and delete `results/*/previews/*`. What is lost is made again; the sweeper removes them.
"""

from typing import Final

from fiapx_common.object_store import MinioObjectStore, ObjectNotFound

_TYPE: Final = "image/jpeg"


class S3Previews:
    """On one bucket."""

    def __init__(self, store: MinioObjectStore) -> None:
        self._store = store

    async def kept(self, key: str) -> bytes | None:
        try:
            return await self._store.read_all(key)
        except ObjectNotFound:
            return None

    async def keep(self, key: str, data: bytes) -> None:
        await self._store.put(key, data, _TYPE)

    async def remove(self, key: str) -> None:
        await self._store.delete([key])
