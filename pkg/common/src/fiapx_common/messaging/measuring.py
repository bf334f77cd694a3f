"""Metrics of messages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from fiapx_common.messaging.message import Message

PUBLISHED: Final = Counter("fiapx_messages_published_total", "Messages that the broker confirmed", ["type"])
PUBLISH_FAILURES: Final = Counter(
    "fiapx_publish_failures_total", "Messages not confirmed (refused, lost, timeout) or unroutable", ["reason"]
)
CONSUMED: Final = Counter(
    "fiapx_messages_consumed_total", "Messages handled, by the word that the handler answered", ["queue", "word"]
)
HANDLING: Final = Histogram(
    "fiapx_message_handling_seconds",
    "From taking a message to the handler's word",
    ["queue"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 30, 120),
)
WAITING: Final = Histogram(
    "fiapx_message_wait_seconds",
    "From sending a message to taking it for the first time, in whole seconds as AMQP tells them",
    ["queue"],
    buckets=(1, 2, 5, 10, 30, 60, 300, 900, 3600),
)
SLOTS: Final = Gauge("fiapx_consumer_slots", "Messages that may be handled at once; 0 while none are taken", ["queue"])
BUSY: Final = Gauge("fiapx_consumer_busy_slots", "Messages being handled", ["queue"])


@contextmanager
def slot_taken(message: Message) -> Iterator[None]:
    """Around the handling of a message."""
    if message.attempt == 1 and not message.redelivered and message.time is not None:
        WAITING.labels(message.queue).observe(max(0.0, time.time() - message.time.timestamp()))
    with BUSY.labels(message.queue).track_inprogress():
        yield
