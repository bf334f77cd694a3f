"""uvicorn inside a service's own life: no signal handlers of its own, port 0 allowed."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from typing import Any, Final

import uvicorn

from fiapx_common.listening import split_address

_TICK_S: Final = 1.0
_TICKS_OF_A_DATE: Final = 10
"""uvicorn writes the Date header anew at every tenth of its ticks."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ends `serve` at once; uvicorn alone looks for `should_exit` ten times a second."""
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        """As uvicorn's, which ticks to write the Date header, but once a second and woken by `stop`."""
        for counter in count(step=_TICKS_OF_A_DATE):
            if await self.on_tick(counter):
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK_S)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to `running.serve`."""
        yield


@asynccontextmanager
async def http_server(app: Any, listen: str, *, drain_s: float = 20.0) -> AsyncIterator[str]:
    """Serves an ASGI app; yields the address that it really has.

    Raises:
        OSError: the port is taken.
    """
    host, port = split_address(listen)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # uvicorn would believe any local peer; whom to trust is a setting of the app
            lifespan="off",
            reset_contextvars=True,  # else a request on a kept connection is part of the trace of the one before
            timeout_graceful_shutdown=int(drain_s),
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                if serving.done():
                    serving.result()
                await asyncio.sleep(0.01)
            yield f"{host}:{listener.getsockname()[1]}"
        finally:
            server.stop()
            await serving
