"""HTTP: problems, probes, metrics, on a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import httpx
import pytest
from fastapi import FastAPI, Request
from fiapx_common import errors
from fiapx_common.http.measuring import Measuring
from fiapx_common.http.ops import Check, ops_app
from fiapx_common.http.problem import install_problems
from fiapx_common.http.server import http_server
from fiapx_testing.waiting import PATIENCE_S
from structlog.testing import capture_logs


@asynccontextmanager
async def served(app: object) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        http_server(app, "127.0.0.1:0", drain_s=2) as address,
        httpx.AsyncClient(base_url=f"http://{address}", timeout=PATIENCE_S) as client,
    ):
        yield client


def shop() -> FastAPI:
    app = FastAPI()
    app.add_middleware(Measuring)
    install_problems(app)

    @app.get("/items/{number}")
    async def item(number: int) -> int:
        match number:
            case 1:
                raise errors.NotFound("item_not_found", "There is no such item.")
            case 2:
                raise errors.Throttled("slow_down", "Too often.", 7)
            case 3:
                raise RuntimeError("inner words")
        return number

    return app


async def test_a_refusal_is_a_problem_with_its_code() -> None:
    async with served(shop()) as client:
        answer = await client.get("/items/1")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "item_not_found",
        "detail": "There is no such item.",
        "trace_id": answer.json()["trace_id"],  # FastAPI traces by itself once this process has a provider
        "errors": [],
    }


async def test_a_request_on_a_kept_connection_knows_nothing_of_the_one_before() -> None:
    known: ContextVar[str] = ContextVar("known", default="nothing")
    found: list[str] = []
    app = FastAPI()

    @app.post("/bodies")
    async def body(request: Request) -> None:
        found.append(known.get())
        known.set("the one before")
        async for _ in request.stream():  # more than uvicorn takes at once, so that it pauses and goes on
            await asyncio.sleep(0)

    async with served(app) as client:
        for _ in range(2):
            await client.post("/bodies", content=bytes(1 << 20))
    assert found == ["nothing", "nothing"]


async def test_a_throttled_caller_is_told_when_to_come_again() -> None:
    async with served(shop()) as client:
        answer = await client.get("/items/2")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_an_unexpected_error_is_a_problem_without_its_inner_words() -> None:
    async with served(shop()) as client:
        answer = await client.get("/items/3")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "inner words" not in answer.text


async def test_an_unexpected_error_is_logged_by_its_route_template() -> None:
    with capture_logs() as logged:
        async with served(shop()) as client:
            await client.get("/items/3")
    assert [one["path"] for one in logged if one["event"] == "http.failed"] == ["/items/{number}"]


async def test_a_malformed_request_names_its_field() -> None:
    async with served(shop()) as client:
        answer = await client.get("/items/x")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "number")


@pytest.mark.parametrize(
    ("method", "path", "code"), [("GET", "/nowhere", "route_not_found"), ("POST", "/items/4", "method_not_allowed")]
)
async def test_unknown_routes_and_methods_are_problems_too(method: str, path: str, code: str) -> None:
    async with served(shop()) as client:
        assert (await client.request(method, path)).json()["code"] == code


async def test_requests_are_counted_by_their_route_template() -> None:
    async with served(shop()) as client, served(ops_app({})) as ops:
        await client.get("/items/77")
        text = (await ops.get("/metrics")).text
    assert 'fiapx_http_requests_total{method="GET",route="/items/{number}",status="200"}' in text
    assert "/items/77" not in text


async def well() -> None:
    await asyncio.sleep(0)


async def unwell() -> None:
    raise ConnectionError("no such host")


async def hanging() -> None:
    await asyncio.sleep(10 * PATIENCE_S)


@pytest.mark.parametrize(
    ("check", "status", "told"),
    [(well, 200, "ok"), (unwell, 503, "ConnectionError: no such host"), (hanging, 503, "no answer within 2 s")],
)
async def test_readiness_tells_what_is_wrong(check: Check, status: int, told: str) -> None:
    async with served(ops_app({"database": check})) as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]) == (status, {"database": told})


async def test_liveness_does_not_depend_on_others() -> None:
    async with served(ops_app({"database": unwell})) as client:
        assert (await client.get("/health/live")).status_code == 200


async def test_a_taken_port_is_an_error_at_once() -> None:
    async with http_server(shop(), "127.0.0.1:0") as address:
        with pytest.raises(OSError, match="in use"):
            async with http_server(shop(), address):
                pass
