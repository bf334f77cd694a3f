"""Dead letters of one queue: seen without being taken, and taken only when what becomes of them is certain.

Whoever looks holds them: meanwhile nobody else sees them. What was not taken comes back when the channel closes, also
when the process is killed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import ChannelNotFoundEntity

from fiapx_common.errors import Unavailable
from fiapx_common.messaging.connecting import BROKER_FAILURES, BrokerConnection, Purpose
from fiapx_common.messaging.message import ATTEMPT, DIED_AT, ERRORS, QUEUE, REASON, REDRIVES, Message, count_of
from fiapx_common.messaging.publishing import Publisher
from fiapx_common.messaging.settling import copy_of
from fiapx_common.messaging.topology import TASKS, dead_queue

_OF_ITS_FIRST_LIFE: Final = (ATTEMPT, ERRORS, REASON, QUEUE, DIED_AT)


@dataclass(frozen=True, eq=False)
class DeadLetter:
    """A message that was given up, by a handler or by the broker."""

    message: Message
    """Its `queue` is the one that it was given up on."""
    reason: str
    died_at: datetime | None
    """None: given up by a version that did not write it down."""
    redrives: int
    """How often it was sent again by an operator before."""

    @classmethod
    def of(cls, incoming: AbstractIncomingMessage, queue: str) -> Self:
        message = Message.of(incoming, queue)
        told = str(message.headers.get(REASON, ""))
        redrives = count_of(message.headers.get(REDRIVES), 0)
        death = _latest_death(message)
        if death is None:
            return cls(message, told, _moment(message.headers.get(DIED_AT)), redrives)
        reason = f"the broker gave up ({death.get('reason')})" + (f", tried again before for: {told}" if told else "")
        return cls(message, reason, _moment(death.get("time")), redrives)


class HeldLetters:
    """Some dead letters, the oldest first, held until the end of `holding`."""

    def __init__(
        self, queue: str, incoming: Sequence[AbstractIncomingMessage], more: int, connection: BrokerConnection
    ) -> None:
        self._publisher = Publisher(connection)
        self._queue = queue
        self._incoming = {DeadLetter.of(one, queue): one for one in incoming}
        self.more: Final = more
        """Those that were not asked for."""

    @property
    def letters(self) -> Sequence[DeadLetter]:
        return tuple(self._incoming)

    async def redrive(self, letter: DeadLetter) -> None:
        """Sends it to the queue where it died, as if it came for the first time, and takes it off when that is sure.

        Killed in between, it is there twice with one id, and inboxes drop the double.

        Raises:
            Unavailable: not confirmed; it stays among the dead letters.
        """
        incoming = self._incoming[letter]
        copy = copy_of(incoming, {REDRIVES: letter.redrives + 1}, without=_OF_ITS_FIRST_LIFE)
        await self._publisher.send(copy, TASKS, self._queue)
        await self.discard(letter)

    async def discard(self, letter: DeadLetter) -> None:
        """Takes it off for good. Raises Unavailable where it may come back."""
        with _told_as_unavailable():
            await self._incoming[letter].ack()


@asynccontextmanager
async def holding(connection: BrokerConnection, queue: str, at_most: int) -> AsyncIterator[HeldLetters]:
    """The dead letters of `queue`; none where it was never declared. Raises Unavailable."""
    channel = await connection.channel(Purpose.CONSUMING)
    try:
        with _told_as_unavailable():
            incoming, more = await _get(channel, dead_queue(queue), at_most, connection.timeout_s)
        yield HeldLetters(queue, incoming, more, connection)
    finally:
        # its answer comes after all acks were taken in
        with suppress(*BROKER_FAILURES):
            await asyncio.wait_for(channel.close(), connection.timeout_s)


async def _get(
    channel: AbstractChannel, name: str, at_most: int, timeout_s: float
) -> tuple[list[AbstractIncomingMessage], int]:
    try:
        queue = await channel.declare_queue(name, passive=True, timeout=timeout_s)
    except ChannelNotFoundEntity:
        return [], 0
    count = queue.declaration_result.message_count or 0
    found: list[AbstractIncomingMessage] = []
    while len(found) < min(count, at_most):
        incoming = await queue.get(fail=False, timeout=timeout_s)
        if incoming is None:  # somebody else holds the rest
            return found, 0
        found.append(incoming)
    return found, count - len(found)


def _latest_death(message: Message) -> dict[str, object] | None:
    """What the broker itself wrote, who writes nothing about those that a handler gave up."""
    deaths = message.headers.get("x-death")
    latest = deaths[0] if isinstance(deaths, list) and deaths else None
    return latest if isinstance(latest, dict) else None


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


@contextmanager
def _told_as_unavailable() -> Iterator[None]:
    try:
        yield
    except BROKER_FAILURES as error:
        raise Unavailable("broker_unavailable", f"RabbitMQ does not answer ({type(error).__name__}).") from error
