"""Who works: the consumers of the queue of segments, as the broker counts them.

Each worker has one. The broker drops it with its connection, so a killed worker is gone at once and one behind a cut
line after two heartbeats; nobody has to write or read a sign of life.
"""

from fiapx_common.messaging import BrokerConnection

from processing_service.services.tasks import SEGMENTS_QUEUE


class QueueConsumers:
    """Asks the broker each time."""

    def __init__(self, broker: BrokerConnection) -> None:
        self._broker = broker

    async def alive(self) -> int:
        return await self._broker.consumer_count(SEGMENTS_QUEUE)
