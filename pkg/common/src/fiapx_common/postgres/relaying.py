"""From the outbox to the broker."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, Protocol

import sqlalchemy as sa
import structlog
from opentelemetry.instrumentation.utils import suppress_instrumentation
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from fiapx_common.errors import Unavailable
from fiapx_common.messaging.envelope import Envelope
from fiapx_common.messaging.publishing import Unroutable
from fiapx_common.postgres.leading import leadership
from fiapx_common.postgres.measuring import LAG, PENDING, RELAYED, STUCK
from fiapx_common.postgres.outbox import OUTBOX, envelope_of

log = structlog.get_logger(__name__)
_RETRY_PAUSE_S: Final = 1.0
_STUCK_PAUSE_S: Final = 2.0
_FLUSH_S: Final = 5.0
_MEASURE_EVERY_S: Final = 5.0

Row = sa.Row[tuple[object, ...]]


class EnvelopePublisher(Protocol):
    """Sends one message."""

    async def publish(self, envelope: Envelope) -> None:
        """Returns when the broker has it. Raises Unroutable, or Unavailable: outcome unknown."""
        ...


class OutboxRelay:
    """Publishes committed rows in their order and deletes them.

    Of all relays on a database one works, whoever holds an advisory lock; the lock falls with its connection. No
    transaction is open while the broker is spoken to. A relay that dies between publishing and deleting leaves a
    duplicate with the same id. Subjects are independent: one that cannot be sent does not hold up the others.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        publisher: EnvelopePublisher,
        *,
        poll_s: float = 0.25,
        standby_s: float = 0.5,
        batch: int = 100,
        optional_types: Collection[str] = (),
    ) -> None:
        """`optional_types` are dropped when no queue is bound for them; all others wait until one is.

        `standby_s` is how long a database may be without a leader after one died.
        """
        self._engine = engine
        self._publisher = publisher
        self._poll_s = poll_s
        self._standby_s = standby_s
        self._batch = batch
        self._optional_types = frozenset(optional_types)
        self._woken = asyncio.Event()
        self._ending = False
        self._stuck_until: dict[str, float] = {}
        self._measured_at = float("-inf")

    def wake(self) -> None:
        """To be called after a commit; without it rows wait for the next poll."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled, through every outage."""
        while not self._ending:
            self._woken.clear()
            try:
                async with leadership(self._engine, OUTBOX.name) as connection:
                    if connection is not None:
                        await self._relay(connection)
                    # another leads, and tells the figures
                    PENDING.set(0)
                    LAG.set(0)
            except Unavailable as error:
                log.warning("outbox.waiting", error=error.code, detail=error.detail)
                await self._pause(_RETRY_PAUSE_S)
            except Exception:
                log.exception("outbox.failed")
                await self._pause(_RETRY_PAUSE_S)
            await self._pause(self._standby_s)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["OutboxRelay"]:
        """Runs in the background; at the end it gets a moment to send what is committed."""
        task = asyncio.create_task(self.run(), name="outbox relay")
        try:
            yield self
        finally:
            self._ending = True
            self.wake()
            await asyncio.wait({task}, timeout=_FLUSH_S)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _relay(self, connection: AsyncConnection) -> None:
        """As long as we lead."""
        while True:
            self._woken.clear()
            found = await self._send_batch(connection)
            if found == self._batch:
                continue
            if self._ending:
                return
            await self._pause(self._poll_s)

    async def _send_batch(self, connection: AsyncConnection) -> int:
        """Rows found. Raises Unavailable when the broker or the database is gone, after deleting what was confirmed."""
        now = time.monotonic()
        self._stuck_until = {subject: until for subject, until in self._stuck_until.items() if until > now}
        oldest_first = sa.select(OUTBOX).order_by(OUTBOX.c.sequence).limit(self._batch)
        with suppress_instrumentation():  # a poll is no part of any trace
            rows = (await connection.execute(oldest_first.where(OUTBOX.c.subject.not_in(self._stuck_until)))).all()
            await self._measure(connection)
        by_subject = groupby(sorted(rows, key=lambda row: (row.subject, row.sequence)), key=lambda row: row.subject)
        sent: list[int] = []
        outcomes = await asyncio.gather(
            *[self._send_in_order(list(group), sent) for _, group in by_subject], return_exceptions=True
        )
        if sent:
            with suppress_instrumentation():
                await connection.execute(OUTBOX.delete().where(OUTBOX.c.sequence.in_(sent)))
            RELAYED.inc(len(sent))
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return len(rows)

    async def _send_in_order(self, rows: Sequence[Row], sent: list[int]) -> None:
        """Rows of one subject; stops at the first that does not go."""
        for row in rows:
            try:
                await self._publisher.publish(envelope_of(row))
            except Unroutable:
                if row.type not in self._optional_types:
                    log.warning("outbox.unroutable", message_id=str(row.id), message_type=row.type)
                    return self._hold(row)
            except Unavailable:
                raise
            except Exception:
                log.exception("outbox.unsendable", message_id=str(row.id), message_type=row.type)
                return self._hold(row)
            sent.append(row.sequence)
        return None

    def _hold(self, row: Row) -> None:
        """Later rows of the subject wait too, or they would overtake."""
        STUCK.labels(type=row.type).inc()
        self._stuck_until[row.subject] = time.monotonic() + _STUCK_PAUSE_S

    async def _measure(self, connection: AsyncConnection) -> None:
        if time.monotonic() - self._measured_at >= _MEASURE_EVERY_S:
            self._measured_at = time.monotonic()
            # of all rows: also those that are held back because they could not be sent a moment ago
            found = sa.select(sa.func.count(), sa.func.min(OUTBOX.c.created_at)).select_from(OUTBOX)
            count, oldest = (await connection.execute(found)).one()
            PENDING.set(count)
            LAG.set((datetime.now(UTC) - oldest).total_seconds() if oldest else 0)

    async def _pause(self, seconds: float) -> None:
        """Until woken; not at all when the end has come, however often a wake was cleared since."""
        if not self._ending:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), seconds)
