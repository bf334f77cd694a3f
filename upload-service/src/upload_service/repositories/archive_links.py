"""Addresses of archives, signed for where users reach the store."""

from fiapx_common.object_store import MinioObjectStore


class MinioArchiveLinks:
    """Needs s3:GetObject below `results/`: the address has this service's rights."""

    def __init__(self, store: MinioObjectStore, public_url: str | None) -> None:
        self._store = store
        self._public_url = public_url

    def sign(self, key: str, filename: str, expires_s: int) -> str:
        return self._store.presign_get(key, expires_s, filename, self._public_url, "application/zip")
