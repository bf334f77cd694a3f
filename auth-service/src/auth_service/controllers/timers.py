"""The clock calls us."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from fiapx_common.errors import Unavailable

log = structlog.get_logger(__name__)


async def repeat(name: str, every_s: float, work: Callable[[], Awaitable[object]]) -> None:
    """Does `work` every so often, for ever; what fails is told and tried again the next time."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await work()
        except Unavailable as error:
            log.warning("timer.later", timer=name, error=error.code, detail=error.detail)
        except Exception:
            log.exception("timer.failed", timer=name)
