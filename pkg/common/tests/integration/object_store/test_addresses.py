"""Presigned addresses, for those who have no key: what we rely on in every store."""

import asyncio
from collections.abc import AsyncGenerator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.settings import StoreSettings
from fiapx_testing.waiting import PATIENCE_S


class AddressesContract:
    """Tried on each store that a subclass names by its `settings`."""

    async def test_a_presigned_address_downloads_under_a_name(
        self, store: MinioObjectStore, settings: StoreSettings
    ) -> None:
        await store.put("results/1", b"0123456789", "application/zip")
        url = store.presign_get("results/1", 60, "férias.zip", f"http://{settings.endpoint}", "application/zip")
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            answer = await client.get(url, headers={"Range": "bytes=2-4"})
        assert (answer.status_code, answer.content) == (206, b"234")
        assert "filename*=UTF-8''f%C3%A9rias.zip" in answer.headers["content-disposition"]
        assert answer.headers["content-type"] == "application/zip"

    async def test_a_presigned_address_takes_one_part(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        url = store.presign_part("joined", upload, 1, 14, 60)
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            answer = await client.put(url, content=b"from a browser")
        assert answer.status_code == 200
        (part,) = await store.list_parts("joined", upload)
        assert (part.etag, part.size_bytes) == (answer.headers["etag"].strip('"'), 14)

    @pytest.mark.parametrize("length", [0, 13, 15, 1 << 20])
    async def test_a_presigned_address_takes_a_part_of_no_other_length(
        self, store: MinioObjectStore, length: int
    ) -> None:
        upload = await store.create_multipart("joined")
        url = store.presign_part("joined", upload, 1, 14, 60)
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            answer = await client.put(url, content=bytes(length))
        assert answer.status_code == 403
        assert await store.list_parts("joined", upload) == []

    async def test_a_part_whose_length_is_not_told_is_refused(self, store: MinioObjectStore) -> None:
        async def unending() -> AsyncGenerator[bytes, None]:
            yield b"from a browser"

        upload = await store.create_multipart("joined")
        url = store.presign_part("joined", upload, 1, 14, 60)
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            answer = await client.put(url, content=unending())
        assert answer.is_client_error
        assert await store.list_parts("joined", upload) == []

    @pytest.mark.parametrize("change", ["key", "method", "part", "signed headers"])
    async def test_a_presigned_address_is_good_for_nothing_else(self, store: MinioObjectStore, change: str) -> None:
        await store.put("joined-not", b"secret")
        upload = await store.create_multipart("joined")
        url = store.presign_part("joined", upload, 1, 1, 60)
        changed = {
            "key": url.replace("/joined?", "/joined-not?"),
            "method": url,
            "part": url.replace("partNumber=1", "partNumber=2"),
            "signed headers": url.replace("content-length%3Bhost", "host"),
        }[change]
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            answer = await client.request("GET" if change == "method" else "PUT", changed, content=b"x")
        assert answer.status_code == 403

    async def test_a_presigned_address_expires(self, store: MinioObjectStore) -> None:
        await store.put("a", b"x")
        url = store.presign_get("a", 1, "a.zip")
        await asyncio.sleep(2.1)
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            assert (await client.get(url)).status_code == 403

    async def test_a_presigned_address_names_the_readers_way_to_the_store(self, store: MinioObjectStore) -> None:
        url = urlsplit(store.presign_get("a", 60, "a.zip", "https://store.example.com"))
        assert (url.scheme, url.netloc) == ("https", "store.example.com")
        assert parse_qs(url.query)["X-Amz-Expires"] == ["60"]

    async def test_a_page_of_another_origin_may_put_a_part_and_read_its_etag(self, store: MinioObjectStore) -> None:
        upload = await store.create_multipart("joined")
        url = store.presign_part("joined", upload, 1, 1, 60)
        page = {"Origin": "http://127.0.0.1:8080"}
        asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            preflight = await client.options(url, headers=page | asked)
            answer = await client.put(url, content=b"x", headers=page)
        assert preflight.headers["access-control-allow-origin"] in {"*", page["Origin"]}
        assert "PUT" in preflight.headers["access-control-allow-methods"]
        exposed = {name.strip().lower() for name in answer.headers["access-control-expose-headers"].split(",")}
        assert "etag" in exposed


class TestJuiceFsGateway(AddressesContract):
    """MinIO's own gateway code before a file system: the store of the local stack, and of these tests by default."""
