"""The clock calls us: work that is done in rounds."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from fiapx_common.errors import FiapxError

log = structlog.get_logger(__name__)


async def every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """For ever; what is not possible now will be in the next round."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except FiapxError as error:
            log.warning("round.skipped", error=error.code, detail=error.detail)
        except Exception:
            log.exception("round.failed")
