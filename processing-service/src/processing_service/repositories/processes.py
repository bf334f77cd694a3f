"""The table `processes`."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.process import Process, SeenProcess
from processing_service.entities.segment import SegmentState
from processing_service.repositories.moments import ago, now
from processing_service.repositories.tables import JOBS, PROCESSES, SEGMENTS

_P: Final = PROCESSES.c
_SILENT_AFTER_S: Final = 15.0


class PostgresProcesses:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def seen(self, process: Process, forgotten_after_s: float) -> bool:
        added = insert(PROCESSES).values(holder=process.holder, host=process.host, roles=list(process.roles))
        statement = added.on_conflict_do_update(index_elements=[_P.holder], set_={"seen_at": now()})
        is_asked = await self._connection.scalar(statement.returning(_P.drain_asked_at.is_not(None)))
        await self._connection.execute(sa.delete(PROCESSES).where(_P.seen_at < ago(forgotten_after_s)))
        return bool(is_asked)

    async def drained(self, holder: str) -> None:
        drained = sa.update(PROCESSES).where(_P.holder == holder, _P.drained_at.is_(None))
        await self._connection.execute(drained.values(drained_at=now()))

    async def left(self, holder: str) -> None:
        await self._connection.execute(sa.delete(PROCESSES).where(_P.holder == holder))

    async def all(self) -> Sequence[SeenProcess]:
        segments = _leases_in(SEGMENTS, SEGMENTS.c.state == SegmentState.RUNNING)
        leases = (segments + _leases_in(JOBS, sa.true())).label("leases")
        is_silent = (_P.seen_at < ago(_SILENT_AFTER_S)).label("is_silent")
        rows = await self._connection.execute(
            sa.select(PROCESSES, leases, is_silent).order_by(_P.host, _P.started_at, _P.holder)
        )
        return [
            SeenProcess(
                process=_process(row),
                started_at=row.started_at,
                seen_at=row.seen_at,
                drain_asked_at=row.drain_asked_at,
                drained_at=row.drained_at,
                is_silent=row.is_silent,
                leases=row.leases,
            )
            for row in rows
        ]

    async def ask_to_drain(self, name: str) -> Sequence[Process]:
        statement = (
            sa.update(PROCESSES)
            .where(sa.or_(_P.holder == name, _P.host == name), _P.seen_at >= ago(_SILENT_AFTER_S))
            .values(drain_asked_at=sa.func.coalesce(_P.drain_asked_at, now()))
            .returning(PROCESSES)
        )
        return [_process(row) for row in await self._connection.execute(statement)]


def _leases_in(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    """How many rows the process has a lease of."""
    return (
        sa.select(sa.func.count())
        .select_from(table)
        .where(table.c.lease_holder == _P.holder, condition)
        .correlate(PROCESSES)
        .scalar_subquery()
    )


def _process(row: sa.Row[Any]) -> Process:
    return Process(row.holder, row.host, tuple(row.roles))
