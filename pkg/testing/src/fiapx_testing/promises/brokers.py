"""The broker is killed: how soon after its port is open is every consumer there again?"""

import asyncio
import socket
import time
from collections.abc import Iterator
from typing import Final

import aio_pika
from fiapx_local.servers import RabbitMQ
from fiapx_local.servers.rabbitmq import VHOST

from fiapx_testing.brokers import Broker
from fiapx_testing.figures import Figure
from fiapx_testing.local_host import servers_of
from fiapx_testing.platforms import Platform
from fiapx_testing.promises.ground import Ground

_KILLS: Final = 3
_MOST_S: Final = 10
_LOOKS_FOR_S: Final = 60.0
_POLL_S: Final = 0.1
_CONNECTS_WITHIN_S: Final = 1.0
_AWAY: Final = (OSError, aio_pika.exceptions.AMQPError, asyncio.TimeoutError)


def consumers_return(ground: Ground) -> Iterator[Figure]:
    """Counted by the broker itself, queue by queue."""
    servers = servers_of(ground.platform.stack.settings)
    broker = Broker(servers.rabbitmq, servers.rabbitmq_management, VHOST)
    before = asyncio.run(_consumers(broker, sorted(asyncio.run(broker.queue_names()))))
    times_s, missing = [], 0
    for _ in range(ground.times(_KILLS)):
        opened_at = _killed_until_open(ground.platform)
        after = asyncio.run(_await(broker, before, opened_at + _LOOKS_FOR_S))
        times_s.append(time.monotonic() - opened_at)
        missing += sum(max(before[queue] - after.get(queue, 0), 0) for queue in before)
        ground.platform.until(ground.platform.is_whole)
    of = f"{sum(before.values())} consumers, {len(times_s)} kills"
    yield Figure("consumers that did not come back", of, missing, "", 0)
    yield Figure("port open to the last consumer, longest", of, round(max(times_s), 1), "s", _MOST_S)


def _killed_until_open(platform: Platform) -> float:
    """When (monotonic) a connection to the new broker was accepted."""
    old = platform.stack.supervisor.states()["rabbitmq"].pid
    platform.kill("rabbitmq")
    address = RabbitMQ(platform.stack.settings).address
    platform.until(lambda: platform.stack.supervisor.states()["rabbitmq"].pid not in (0, old) and _is_open(address))
    return time.monotonic()


def _is_open(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECTS_WITHIN_S).close()
    except OSError:
        return False
    return True


async def _await(broker: Broker, wanted: dict[str, int], until: float) -> dict[str, int]:
    """Looks until all queues have their consumers, or the time is over; what was there at the last look."""
    while True:
        try:
            found = await _consumers(broker, sorted(wanted))
        except _AWAY:
            found = {}
        if all(found.get(queue, 0) >= count for queue, count in wanted.items()) or time.monotonic() > until:
            return found
        await asyncio.sleep(_POLL_S)


async def _consumers(broker: Broker, queues: list[str]) -> dict[str, int]:
    return {queue: (await broker.queue(queue)).consumers for queue in queues}
