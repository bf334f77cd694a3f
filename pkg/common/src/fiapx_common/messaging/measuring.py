"""Metrics of messages."""

from typing import Final

from prometheus_client import Counter, Histogram

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
