"""The operators' door: /health/live, /health/ready, /metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from fiapx_common.metrics import CHECKS

Check = Callable[[], Awaitable[None]]
"""Returns when all is well, raises when it isn't."""

_CHECK_TIMEOUT_S: Final = 2.0


def ops_routes(checks: Mapping[str, Check]) -> list[BaseRoute]:
    """Probes and metrics. Liveness says only that the loop turns: a restart heals no dependency."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_request: Request) -> Response:
        results = dict(zip(checks, await asyncio.gather(*map(_result, checks.values())), strict=True))
        for name, result in results.items():
            CHECKS.labels(name).set(result == "ok")
        whole = all(result == "ok" for result in results.values())
        body = {"status": "ready" if whole else "unready", "checks": results}
        return JSONResponse(body, status_code=200 if whole else 503)

    return [
        Route("/health/live", live, include_in_schema=False),
        Route("/health/ready", ready, include_in_schema=False),
        Route("/metrics", _metrics, include_in_schema=False),
    ]


def ops_app(checks: Mapping[str, Check]) -> Starlette:
    """The probes as an app of their own, for services that speak no HTTP otherwise."""
    return Starlette(routes=ops_routes(checks))


async def _result(check: Check) -> str:
    try:
        async with asyncio.timeout(_CHECK_TIMEOUT_S):
            await check()
    except TimeoutError:
        return f"no answer within {_CHECK_TIMEOUT_S:g} s"
    except Exception as error:  # noqa: BLE001 — whatever is wrong is the answer
        return f"{type(error).__name__}: {error}"
    return "ok"


def _metrics(request: Request) -> Response:
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(REGISTRY), headers={"content-type": content_type})
