"""A broker that blocks its publishers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.faults.rabbitmqctl import rabbitmqctl
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.platforms import Platform

_WATERMARK: Final = "set_vm_memory_high_watermark"
"""The alarm goes off where the broker uses more than this share of the machine's memory."""
_NO_MEMORY: Final = "0.00001"
_MEMORY: Final = "0.6"


@dataclass(frozen=True)
class Blocked:
    """RabbitMQ's memory alarm for a while."""

    platform: Platform

    def targets(self) -> Sequence[str]:
        return ["rabbitmq"]

    def strike(self, strike: Strike) -> Healed:
        rabbitmqctl(self.platform.stack, _WATERMARK, _NO_MEMORY)
        try:
            time.sleep(strike.lasts_s)
        finally:
            rabbitmqctl(self.platform.stack, _WATERMARK, _MEMORY)
        return lambda: self.platform.is_ready(strike.target)
