"""A built page, served."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from api_gateway.bootstrap import running

pytestmark = pytest.mark.asyncio(loop_scope="session")

HTML = {"Accept": "text/html"}
FILES = {
    "index.html": "<title>the page</title>",
    "config.js": "{}",
    "assets/app.js": "plain",
    "assets/app.js.gz": "gzip",
    "assets/app.js.br": "brotli",
    "assets/logo.svg": "<svg/>",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Of a gateway that serves the files."""
    folder = tmp_path_factory.mktemp("dist")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    async with running(settings.model_copy(update={"spa_dir": folder})) as started:
        yield str(started.http)


@pytest_asyncio.fixture(loop_scope="session")
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=30, headers=headers) as client:
        yield client


async def body_of(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> tuple[str, httpx.Headers]:
    """As it came: httpx would undo the coding."""
    async with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        return b"".join([piece async for piece in answer.aiter_raw()]).decode(), answer.headers


@pytest.mark.parametrize("path", ["/", "/videos/1", "/verify-email"])
async def test_the_page_is_what_stands_at_all_its_own_paths(client: httpx.AsyncClient, path: str) -> None:
    assert "the page" in (await client.get(path, headers=HTML)).text


@pytest.mark.parametrize(
    "path", ["/assets/older.js", "/api/v1/nothing", "/..%2f..%2f..%2f..%2fetc/passwd", f"/{'x' * 300}", "/%00"]
)
async def test_what_is_no_page_is_not_answered_by_it(client: httpx.AsyncClient, path: str) -> None:
    headers = HTML if path.startswith(("/assets", "/api")) else {}
    answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/app.js", "public, max-age=31536000, immutable"),
        ("/config.js", "no-cache"),
        ("/", "no-cache"),
        ("/videos/1", "no-cache"),
    ],
)
async def test_only_what_is_named_by_its_content_is_kept_for_ever(
    client: httpx.AsyncClient, path: str, kept: str
) -> None:
    assert (await client.get(path, headers=HTML)).headers["Cache-Control"] == kept


async def test_a_page_that_is_known_already_is_not_sent_again(client: httpx.AsyncClient) -> None:
    etag = (await client.get("/", headers=HTML)).headers["ETag"]
    again = await client.get("/videos/1", headers=HTML | {"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br", "brotli"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("deflate", "plain"),
        ("", "plain"),
    ],
)
async def test_a_browser_gets_the_smallest_form_that_it_reads(
    client: httpx.AsyncClient, accepted: str, sent: str
) -> None:
    body, headers = await body_of(client, "/assets/app.js", {"Accept-Encoding": accepted})
    assert body == sent
    assert headers["Content-Type"].partition(";")[0] in {"text/javascript", "application/javascript"}
    assert "Accept-Encoding" in headers["Vary"]
    assert headers.get("Content-Encoding") == {"brotli": "br", "gzip": "gzip", "plain": None}[sent]


async def test_a_file_that_was_not_compressed_is_sent_as_it_is(client: httpx.AsyncClient) -> None:
    body, headers = await body_of(client, "/assets/logo.svg", {"Accept-Encoding": "gzip, br"})
    assert (body, headers["Content-Type"]) == ("<svg/>", "image/svg+xml")


async def test_files_are_only_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/assets/app.js")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


async def test_a_call_of_the_api_is_not_hidden_by_the_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/auth/login", headers=HTML)).status_code == 405
    assert (await client.get("/health/live", headers=HTML)).json() == {"status": "live"}
