"""What tests tell a service by messages, and how nothing of it is left for the next test."""

import asyncio
from typing import Final

from fiapx_common.messaging import BrokerConnection, Envelope, Publisher
from fiapx_common.messaging.connecting import Purpose
from fiapx_common.messaging.measuring import BUSY, CONSUMED
from fiapx_common.messaging.topology import RETRY_WAITS_S, dead_queue, retry_queue

from fiapx_testing.waiting import PATIENCE_S

_LAST_WORDS: Final = ("Done", "Skipped", "GaveUp")
"""Of the consumer's words, those after which a message does not come again."""
_POLL_S: Final = 0.01


class Teller:
    """Sends messages to one queue, whose consumers run in this process.

    A broker does not tell how many messages its consumers hold at this moment; the consumers' metrics do.
    """

    def __init__(self, connection: BrokerConnection, queue: str) -> None:
        self._connection = connection
        self._publisher = Publisher(connection)
        self._queue = queue
        self._told = 0
        self._answered_before = 0.0

    async def tell(self, envelope: Envelope) -> None:
        """Returns when the broker has it. Raises Unavailable, also where no queue wants it."""
        if not self._told:
            self._answered_before = self._answered()
        self._told += 1
        await self._publisher.publish(envelope)

    async def forget(self) -> None:
        """Ends with no message anywhere: consumers finish all that was told, what nobody consumes is removed.

        Raises:
            TimeoutError: the consumers did not come to an end in time.
        """
        if not self._told:
            return
        if await self._connection.consumer_count(self._queue):
            await self._all_answered()
        await self._purge()
        self._told = 0

    async def _all_answered(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if self._answered() - self._answered_before >= self._told and not self._busy():
                    return
                await asyncio.sleep(_POLL_S)

    async def _purge(self) -> None:
        channel = await self._connection.channel(Purpose.CONSUMING)
        retries = (retry_queue(self._queue, wait_s) for wait_s in RETRY_WAITS_S)
        async with channel:
            for name in (self._queue, dead_queue(self._queue), *retries):
                queue = await channel.declare_queue(name, passive=True, timeout=PATIENCE_S)
                if queue.declaration_result.message_count:
                    await queue.purge(timeout=PATIENCE_S)

    def _answered(self) -> float:
        samples = [sample for metric in CONSUMED.collect() for sample in metric.samples]
        counts = [sample for sample in samples if sample.name.endswith("_total")]
        ours = [count for count in counts if count.labels["queue"] == self._queue]
        return sum(count.value for count in ours if count.labels["word"] in _LAST_WORDS)

    def _busy(self) -> bool:
        samples = [sample for metric in BUSY.collect() for sample in metric.samples]
        return any(sample.value for sample in samples if sample.labels["queue"] == self._queue)
