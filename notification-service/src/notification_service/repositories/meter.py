"""Figures for operators."""

from typing import Final

from fiapx_common.metrics import exemplar
from prometheus_client import Counter, Gauge, Histogram

from notification_service.entities.mails import MailKind
from notification_service.entities.webhooks import EVENT_TYPES

_MAILS: Final = Counter(
    "fiapx_mails_total",
    "Mails by what became of them: queued, sent, deferred (tried again), failed.",
    ["kind", "result"],
)
_QUEUED: Final = Gauge("fiapx_mails_queued", "Mails that are not sent yet.")
_AGES: Final = Histogram(
    "fiapx_mail_age_seconds",
    "From the event to the SMTP server's yes.",
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 21600),
)

_DELIVERIES: Final = Counter(
    "fiapx_webhook_deliveries_total",
    "Messages to webhooks by what became of them: queued, delivered, deferred (tried again), failed.",
    ["type", "result"],
)
_PENDING: Final = Gauge("fiapx_webhook_deliveries_pending", "Messages to webhooks that no receiver has taken yet.")
_DELIVERY_AGES: Final = Histogram(
    "fiapx_webhook_delivery_age_seconds",
    "From the event to the receiver's yes.",
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 21600, 86400),
)

# from the start, or the first failure would look as if it had always been there
for _kind in MailKind:
    for _result in ("queued", "sent", "deferred", "failed"):
        _MAILS.labels(_kind, _result)
for _type in EVENT_TYPES:
    for _result in ("queued", "delivered", "deferred", "failed"):
        _DELIVERIES.labels(_type, _result)


class PrometheusMailMeter:
    """A port's `MailMeter`."""

    def count(self, kind: MailKind, result: str) -> None:
        _MAILS.labels(kind, result).inc()

    def delivered(self, age_s: float) -> None:
        _AGES.observe(age_s, exemplar=exemplar())

    def queued(self, mails: int) -> None:
        _QUEUED.set(mails)


class PrometheusDeliveryMeter:
    """A port's `DeliveryMeter`."""

    def count(self, event_type: str, result: str, times: int = 1) -> None:
        _DELIVERIES.labels(event_type, result).inc(times)

    def delivered(self, age_s: float) -> None:
        _DELIVERY_AGES.observe(age_s, exemplar=exemplar())

    def pending(self, deliveries: int) -> None:
        _PENDING.set(deliveries)
