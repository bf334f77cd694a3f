r"""Exchanges and queues, and how they hang together.

fiapx.events   topic, key = event type      -> <service>.<name>
fiapx.tasks    direct, key = queue          -> <service>.<name>, <service>.<name>.retry.<seconds>
fiapx.dead     direct, key = queue          -> <service>.<name>.dead
A retry queue has no consumer: what lies there for its seconds is dead-lettered back through fiapx.tasks. The default
exchange is not used, because writing to it is a right over every queue (RabbitMQ: resource `amq.default`).

Rights needed by a service's user: configure, write and read `^(<service>\.|fiapx\.).*`.
What breaks: queue arguments cannot change once declared (PRECONDITION_FAILED); a new set needs a new queue name.
"""

from collections.abc import Collection
from functools import partial
from typing import Final

from aio_pika.abc import AbstractChannel, AbstractQueue, ExchangeType

EVENTS: Final = "fiapx.events"
TASKS: Final = "fiapx.tasks"
DEAD: Final = "fiapx.dead"
EXCHANGES: Final = {EVENTS: ExchangeType.TOPIC, TASKS: ExchangeType.DIRECT, DEAD: ExchangeType.DIRECT}

RETRY_WAITS_S: Final = (1, 5, 30, 120)
DELIVERY_LIMIT: Final = 20
# 4.x gives every quorum queue a limit of 20; reading dead letters without taking them must not wear them out
_NO_DELIVERY_LIMIT: Final = 1_000_000_000

Arguments = dict[str, str | int]


def retry_queue(queue: str, wait_s: int) -> str:
    return f"{queue}.retry.{wait_s}"


def dead_queue(queue: str) -> str:
    return f"{queue}.dead"


def next_wait_s(seconds: float) -> int:
    """The shortest retry wait that is not shorter than asked for, or the longest there is."""
    return next((wait_s for wait_s in RETRY_WAITS_S if wait_s >= seconds), RETRY_WAITS_S[-1])


def queue_arguments(queue: str) -> Arguments:
    return _dead_lettering(DEAD, queue) | {"x-delivery-limit": DELIVERY_LIMIT}


def retry_arguments(queue: str, wait_s: int) -> Arguments:
    return _dead_lettering(TASKS, queue) | {"x-message-ttl": wait_s * 1000}


def dead_arguments() -> Arguments:
    return {"x-queue-type": "quorum", "x-delivery-limit": _NO_DELIVERY_LIMIT}


def _dead_lettering(exchange: str, routing_key: str) -> Arguments:
    # at-least-once needs reject-publish; with drop-head the broker silently falls back to at-most-once
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-routing-key": routing_key,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


async def declare_exchanges(channel: AbstractChannel, timeout_s: float) -> None:
    for name, kind in EXCHANGES.items():
        await channel.declare_exchange(name, kind, durable=True, timeout=timeout_s)


async def declare_queue(
    channel: AbstractChannel,
    queue: str,
    routing_keys: Collection[str],
    timeout_s: float,
) -> AbstractQueue:
    """Declares the queue with its retry and dead-letter queues; may be repeated.

    Bindings of earlier versions are not removed: an event type no longer wanted still comes and is skipped.
    """
    await declare_exchanges(channel, timeout_s)
    declare = partial(_declare_bound, channel, timeout_s=timeout_s)
    await declare(dead_queue(queue), dead_arguments(), exchange=DEAD, routing_key=queue)
    main = await declare(queue, queue_arguments(queue), exchange=TASKS, routing_key=queue)
    for wait_s in RETRY_WAITS_S:
        waiting = retry_queue(queue, wait_s)
        await declare(waiting, retry_arguments(queue, wait_s), exchange=TASKS, routing_key=waiting)
    for routing_key in routing_keys:
        await main.bind(EVENTS, routing_key, timeout=timeout_s)
    return main


async def _declare_bound(
    channel: AbstractChannel,
    queue: str,
    arguments: Arguments,
    *,
    exchange: str,
    routing_key: str,
    timeout_s: float,
) -> AbstractQueue:
    declared = await channel.declare_queue(queue, durable=True, arguments=dict(arguments), timeout=timeout_s)
    await declared.bind(exchange, routing_key, timeout=timeout_s)
    return declared
