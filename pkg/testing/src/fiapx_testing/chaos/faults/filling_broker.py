"""A broker whose disk is full."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fiapx_local.probes import http_status
from fiapx_local.servers import RabbitMQ, rabbitmq

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.faults.rabbitmqctl import rabbitmqctl
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.platforms import Platform

_MORE_THAN_ANY_DISK: Final = "1000000GB"
_ALARMED_WITHIN_S: Final = 30.0


@dataclass(frozen=True)
class FullBroker:
    """RabbitMQ's own disk alarm, which blocks publishers before a write can fail.

    It is told to keep more room free than there is; this needs no rights and no disk of its own.
    """

    platform: Platform

    def strike(self, strike: Strike) -> Healed:
        """Raises AssertionError: it has no alarm half a minute later."""
        self._want(_MORE_THAN_ANY_DISK)
        try:
            self.platform.until(self.is_alarmed, within_s=_ALARMED_WITHIN_S)
            time.sleep(strike.lasts_s)
        finally:
            self._want(rabbitmq.DISK_FREE_LIMIT)
        return lambda: not self.is_alarmed() and self.platform.is_whole()

    def is_alarmed(self) -> bool:
        settings = self.platform.stack.settings
        login = (rabbitmq.ADMIN, RabbitMQ(settings).password())
        port, question = settings.ports.inner.rabbitmq_management, "/api/health/checks/alarms"
        return http_status(settings.host, port, question, login) == HTTPStatus.SERVICE_UNAVAILABLE

    def _want(self, free: str) -> None:
        rabbitmqctl(self.platform.stack, "set_disk_free_limit", free)
