"""Taking messages off a queue, through restarts of the broker and of ourselves."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from opentelemetry import propagate, trace
from pydantic import ValidationError

from fiapx_common.errors import FiapxError, Unavailable
from fiapx_common.messaging.connecting import BROKER_FAILURES, BrokerConnection, Purpose
from fiapx_common.messaging.judging import word_for_error
from fiapx_common.messaging.measuring import CONSUMED, HANDLING, SLOTS, slot_taken
from fiapx_common.messaging.message import Message
from fiapx_common.messaging.publishing import Publisher
from fiapx_common.messaging.settling import settle
from fiapx_common.messaging.topology import declare_queue
from fiapx_common.messaging.tracing import outcome_attributes, span_attributes
from fiapx_common.messaging.words import Handler, Word

log = structlog.get_logger(__name__)
tracer = trace.get_tracer(__name__)
_RECONNECT_PAUSE_S: Final = 0.5
_CANCEL_S: Final = 1.0
_CLOSING_S: Final = 3.0


class Consumer:
    """Gives each message of a queue to `handler`, `concurrency` at once, and does with it what the handler answers.

    A handler under way outlives a lost connection: its message comes again, so effects go through an inbox.
    """

    def __init__(
        self,
        connection: BrokerConnection,
        queue: str,
        routing_keys: Collection[str],
        handler: Handler,
        *,
        concurrency: int = 8,
        drain_s: float = 20.0,
        max_errors: int = 10,
    ) -> None:
        """`routing_keys`: event types; none for a queue of tasks. `drain_s`: what handlers get to finish in `stop`."""
        self.queue = queue
        self.stopping = asyncio.Event()
        """Set when draining begins; a long handler may then answer HandedBack."""
        self._connection = connection
        self._publisher = Publisher(connection)
        self._routing_keys = tuple(routing_keys)
        self._handler = handler
        self._concurrency = concurrency
        self._drain_s = drain_s
        self._max_errors = max_errors
        self._slots = asyncio.Semaphore(concurrency)
        self._under_way: set[asyncio.Task[None]] = set()
        self._tried = asyncio.Event()
        self._drained = asyncio.Event()
        self._consuming = False
        self._runner: asyncio.Task[None] | None = None

    @property
    def consuming(self) -> bool:
        """Whether the broker sends us messages now."""
        return self._consuming

    async def check(self) -> None:
        """A readiness check. Raises Unavailable while no messages come."""
        if not self._consuming:
            raise Unavailable("consumer_waiting", f"Messages of {self.queue} are not being taken.")

    async def start(self) -> None:
        """Returns after the first attempt; without a broker, attempts go on in the background."""
        self._runner = asyncio.create_task(self._keep_consuming(), name=f"consume {self.queue}")
        await self._tried.wait()

    async def stop(self) -> None:
        """Takes nothing new, waits `drain_s` for what is under way; what then still runs is cancelled and re-queued."""
        self.stopping.set()
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=self._drain_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._drained.set()
        if self._runner is not None:
            await asyncio.wait({self._runner}, timeout=_CLOSING_S)
            self._runner.cancel()  # it may wait for a broker that does not answer
            await asyncio.gather(self._runner, return_exceptions=True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Consumer"]:
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    async def _keep_consuming(self) -> None:
        while not self.stopping.is_set():
            try:
                await self._consume_until_lost()
            except (Unavailable, *BROKER_FAILURES) as error:
                log.warning("consumer.lost", queue=self.queue, error=str(error), kind=type(error).__name__)
            except Exception:
                log.exception("consumer.failed", queue=self.queue)
            self._consumes(False)
            self._tried.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), _RECONNECT_PAUSE_S)

    async def _consume_until_lost(self) -> None:
        channel = await self._connection.channel(Purpose.CONSUMING)
        try:
            cancelled = await _cancellation(channel)
            await channel.set_qos(prefetch_count=self._concurrency, timeout=self._connection.timeout_s)
            queue = await declare_queue(channel, self.queue, self._routing_keys, self._connection.timeout_s)
            tag = await queue.consume(self._accept, timeout=self._connection.timeout_s)
            self._consumes(True)
            self._tried.set()
            log.info("consumer.started", queue=self.queue)
            await _first_of(channel, cancelled, self.stopping)
            self._consumes(False)
            if self.stopping.is_set():
                await _cancel(queue, tag)
                await self._drained.wait()
            else:
                log.warning("consumer.lost", queue=self.queue, error="cancelled" if cancelled.is_set() else "closed")
        finally:
            with suppress(*BROKER_FAILURES):
                await asyncio.wait_for(channel.close(), _CANCEL_S)

    def _consumes(self, now: bool) -> None:
        self._consuming = now
        SLOTS.labels(self.queue).set(self._concurrency if now else 0)

    async def _accept(self, incoming: AbstractIncomingMessage) -> None:
        # a task of our own: aiormq cancels its callback tasks when the channel closes
        if self.stopping.is_set():
            await incoming.nack(requeue=True)
            return
        task = asyncio.create_task(self._handle(incoming), name=f"handle {self.queue} {incoming.message_id}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _handle(self, incoming: AbstractIncomingMessage) -> None:
        async with self._slots:
            message = Message.of(incoming, self.queue)
            carrier = {name: value for name, value in message.headers.items() if isinstance(value, str)}
            with (
                slot_taken(message),
                tracer.start_as_current_span(
                    f"process {message.type}",
                    context=propagate.extract(carrier),
                    kind=trace.SpanKind.CONSUMER,
                    attributes=span_attributes(message),
                ) as span,
            ):
                word = await self._word_for(message)
                span.set_attributes(outcome_attributes(word))
                await settle(incoming, message, word, self._publisher)

    async def _word_for(self, message: Message) -> Word:
        began = time.monotonic()
        word: Word
        try:
            word = await self._handler(message)
        except Exception as error:
            word = word_for_error(error, message, self._max_errors)
            log.warning(
                "message.failed",
                queue=self.queue,
                message_id=message.id,
                message_type=message.type,
                attempt=message.attempt,
                word=repr(word),
                exc_info=None if isinstance(error, FiapxError | ValidationError) else error,
            )
        HANDLING.labels(queue=self.queue).observe(time.monotonic() - began)
        CONSUMED.labels(queue=self.queue, word=type(word).__name__).inc()
        return word


async def _cancellation(channel: AbstractChannel) -> asyncio.Event:
    """Set when the broker takes the consumer away but leaves the channel open: its queue was deleted or moved."""
    cancelled = asyncio.Event()
    underlay = await channel.get_underlay_channel()
    underlay.on_consumer_cancel_callbacks.add(lambda _: cancelled.set())
    return cancelled


async def _first_of(channel: AbstractChannel, cancelled: asyncio.Event, stopping: asyncio.Event) -> None:
    waiting = [
        asyncio.ensure_future(channel.closed()),
        asyncio.create_task(cancelled.wait()),
        asyncio.create_task(stopping.wait()),
    ]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for future in waiting:
            future.cancel()


async def _cancel(queue: AbstractQueue, tag: str) -> None:
    with suppress(*BROKER_FAILURES):
        await queue.cancel(tag, timeout=_CANCEL_S)
