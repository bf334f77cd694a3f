"""A broker that blocks its publishers."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fiapx_local.servers import RabbitMQ

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.platforms import Platform

_TIMEOUT_S: Final = 30
_NO_MEMORY: Final = "0.00001"
_MEMORY: Final = "0.6"


@dataclass(frozen=True)
class Blocked:
    """RabbitMQ's memory alarm for a while."""

    platform: Platform

    def targets(self) -> Sequence[str]:
        return ["rabbitmq"]

    def strike(self, strike: Strike) -> Healed:
        self._set_memory(_NO_MEMORY)
        try:
            time.sleep(strike.lasts_s)
        finally:
            self._set_memory(_MEMORY)
        return lambda: self.platform.is_ready(strike.target)

    def _set_memory(self, share: str) -> None:
        """The alarm goes off where the broker uses more than this share of the machine's memory."""
        program = RabbitMQ(self.platform.stack.settings).programs()[-1]
        command = [str(Path(program.argv[0]).with_name("rabbitmqctl")), "-q", "set_vm_memory_high_watermark", share]
        environment = {**os.environ, **program.environment}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=_TIMEOUT_S)
