"""Metrics of the outbox, told by the relay that leads."""

from typing import Final

from prometheus_client import Counter, Gauge

PENDING: Final = Gauge("fiapx_outbox_pending_messages", "Rows waiting to be published")
LAG: Final = Gauge("fiapx_outbox_lag_seconds", "Age of the oldest row that waits")
RELAYED: Final = Counter("fiapx_outbox_relayed_total", "Rows published and deleted")
STUCK: Final = Counter("fiapx_outbox_stuck_total", "Times that a row could not be sent: no queue is bound", ["type"])
