"""Figures for operators."""

from typing import Final

from prometheus_client import Counter, Gauge

from notification_service.entities.mails import MailKind

_MAILS: Final = Counter(
    "fiapx_mails_total",
    "Mails by what became of them: queued, sent, deferred (tried again), failed.",
    ["kind", "result"],
)
_QUEUED: Final = Gauge("fiapx_mails_queued", "Mails that are not sent yet.")


class PrometheusMailMeter:
    """A port's `MailMeter`."""

    def count(self, kind: MailKind, result: str) -> None:
        _MAILS.labels(kind, result).inc()

    def queued(self, mails: int) -> None:
        _QUEUED.set(mails)
