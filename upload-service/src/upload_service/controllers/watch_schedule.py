"""The clock calls: is there something new for those who watch?"""

import asyncio

import structlog
from fiapx_common.errors import Unavailable

from upload_service.services.watching import Watching

log = structlog.get_logger(__name__)


async def look_regularly(watching: Watching, period_s: float) -> None:
    """Until cancelled."""
    while True:
        await asyncio.sleep(period_s)
        try:
            await watching.look()
        except Unavailable as error:
            log.warning("watch.unlooked", code=error.code, detail=error.detail)
