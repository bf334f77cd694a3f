"""The clock calls: a round of sweeping every so often."""

import asyncio
from dataclasses import asdict

import structlog
from fiapx_common.errors import Unavailable

from upload_service.controllers.measuring import SWEPT
from upload_service.services.sweeping import Sweeping

log = structlog.get_logger(__name__)


async def sweep_regularly(sweeping: Sweeping, period_s: float) -> None:
    """Until cancelled. A round that fails is made up for by the next one."""
    while True:
        try:
            removed = asdict(await sweeping.sweep())
        except Unavailable as error:
            log.warning("sweep.postponed", code=error.code, detail=error.detail)
        except Exception:
            log.exception("sweep.failed")
        else:
            for kind, count in removed.items():
                SWEPT.labels(kind).inc(count)
            if any(removed.values()):
                log.info("sweep.done", **removed)
        await asyncio.sleep(period_s)
