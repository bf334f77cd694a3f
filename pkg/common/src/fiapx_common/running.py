"""Running a service: until SIGTERM, then drained in the reverse order of its start."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from fiapx_common.telemetry import stop_telemetry

S = TypeVar("S")
log = structlog.get_logger(__name__)


class Background:
    """Tasks that live as long as their service. One that ends by an error ends the service, which is then restarted."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], str] = {}
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Starts `work`; `name` tells it in logs."""
        task = asyncio.create_task(work, name=name)
        self._tasks[task] = name
        task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Cancels all and waits for them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not self.failed.done():
            log.critical("background.failed", task=self._tasks[task], exc_info=error)
            self.failed.set_exception(error)
            self.failed.exception()


@asynccontextmanager
async def background() -> AsyncIterator[Background]:
    """Tasks that are cancelled at the block's end."""
    tasks = Background()
    try:
        yield tasks
    finally:
        await tasks.stop()


@dataclass(frozen=True)
class Started:
    """A service that runs: where it listens (host:port, None where it has no such door), and what may end it."""

    background: Background
    grpc: str | None = None
    ops: str | None = None
    http: str | None = None


def serve(running: Callable[[S], AbstractAsyncContextManager[Started]], settings: S) -> None:
    """Runs a service in this process until SIGTERM or SIGINT; a failed background task ends it with its error."""
    try:
        asyncio.run(_until_told_to_stop(running, settings))
    except Exception:
        log.critical("service.failed", exc_info=True)  # in the form that is shipped, besides Python's own words
        raise
    finally:
        stop_telemetry()


async def _until_told_to_stop(running: Callable[[S], AbstractAsyncContextManager[Started]], settings: S) -> None:
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with running(settings) as started:
        log.info("service.started", grpc=started.grpc, ops=started.ops, http=started.http)
        started.background.failed.add_done_callback(lambda _failed: stop.set())
        await stop.wait()
        log.info("service.stopping")
    if started.background.failed.done():
        started.background.failed.result()
