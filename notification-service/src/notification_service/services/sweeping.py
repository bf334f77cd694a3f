"""Forgets what nobody needs any more."""

import asyncio
from dataclasses import dataclass

import structlog
from fiapx_common.errors import Unavailable

from notification_service.services.ports import OldRows

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SweepingRules:
    """The figures of sweeping."""

    every_s: float
    """Between sweeps."""
    keep_s: float
    """Age of what is forgotten; longer than any event can be under way, since old events must still be recognised."""


class Sweeping:
    """One loop per process; several at once do no harm."""

    def __init__(self, rows: OldRows, rules: SweepingRules) -> None:
        self._rows = rows
        self._rules = rules

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                forgotten = await self._rows.forget(self._rules.keep_s)
                log.info("rows.forgotten", rows=forgotten)
            except Unavailable as error:
                log.warning("rows.not_swept", reason=error.detail)
            await asyncio.sleep(self._rules.every_s)
