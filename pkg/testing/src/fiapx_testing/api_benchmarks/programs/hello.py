"""The least that FastAPI can answer, by the server that the gateway has: it writes its address and stays."""

import asyncio
import sys
from typing import Final

from fastapi import FastAPI
from fiapx_common.http.server import http_server

_FOR_S: Final = 3600.0


def app() -> FastAPI:
    """One route."""
    hello = FastAPI(openapi_url=None)

    @hello.get("/")
    async def say() -> dict[str, str]:
        return {"hello": "world"}

    return hello


async def serve() -> None:
    """Until it is ended."""
    async with http_server(app(), "127.0.0.1:0") as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        await asyncio.sleep(_FOR_S)


if __name__ == "__main__":
    asyncio.run(serve())
