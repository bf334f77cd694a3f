"""The clock calls us."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from fiapx_common.errors import Unavailable

log = structlog.get_logger(__name__)


async def repeat(
    name: str, every_s: float, work: Callable[[], Awaitable[object]], woken: asyncio.Event | None = None
) -> None:
    """Does `work` every so often and whenever it is woken; what fails is told and tried again the next time."""
    woken = woken or asyncio.Event()
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), every_s)
        woken.clear()
        try:
            await work()
        except Unavailable as error:
            log.warning("timer.later", timer=name, error=error.code, detail=error.detail)
        except Exception:
            log.exception("timer.failed", timer=name)
