"""Does to the platform's programs what a schedule says, and sees how long they take to come back."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fiapx_local.servers import RabbitMQ
from fiapx_local.supervisor import ProcessState

from fiapx_testing.chaos.schedule import Fault, Strike
from fiapx_testing.platforms import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_RECOVERS_WITHIN_S: Final = 90.0
"""A worker may take a minute to end."""
_POLL_S: Final = 0.1
_TIMEOUT_S: Final = 30
_NO_MEMORY: Final = "0.00001"
_MEMORY: Final = "0.6"


@dataclass(frozen=True, slots=True)
class Struck:
    """What came of a strike."""

    strike: Strike
    recovery_s: float | None
    """From the end of the fault until the program answers that it is ready; None: not within 90 s."""


class Striker:
    """Strikes one after another."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._faults: Mapping[Fault, Callable[[Strike], None]] = {
            Fault.KILL: self._kill,
            Fault.STOP: self._stop,
            Fault.TERM: self._term,
            Fault.BLOCK: self._block,
        }

    def strike(self, strike: Strike) -> Struck:
        """Returns when the target is ready again."""
        before = self._state(strike.target)
        self._faults[strike.fault](strike)
        healed = time.monotonic()
        while not self._is_back(strike, before):
            if time.monotonic() - healed > _RECOVERS_WITHIN_S:
                return Struck(strike, None)
            time.sleep(_POLL_S)
        return Struck(strike, round(time.monotonic() - healed, 2))

    def _is_back(self, strike: Strike, before: ProcessState) -> bool:
        state = self._state(strike.target)
        restarted = strike.fault in (Fault.STOP, Fault.BLOCK) or state.pid not in (0, before.pid)
        return restarted and self._platform.is_ready(strike.target)

    def _kill(self, strike: Strike) -> None:
        self._signal(strike.target, signal.SIGKILL)

    def _term(self, strike: Strike) -> None:
        self._signal(strike.target, signal.SIGTERM)

    def _stop(self, strike: Strike) -> None:
        pid = self._state(strike.target).pid
        self._signal(strike.target, signal.SIGSTOP)
        try:
            time.sleep(strike.lasts_s)
        finally:
            os.kill(pid, signal.SIGCONT)

    def _block(self, strike: Strike) -> None:
        self._set_memory(_NO_MEMORY)
        try:
            time.sleep(strike.lasts_s)
        finally:
            self._set_memory(_MEMORY)

    def _set_memory(self, share: str) -> None:
        """RabbitMQ's alarm goes off where it uses more than this share of the machine's memory."""
        program = RabbitMQ(self._platform.stack.settings).programs()[-1]
        command = [str(Path(program.argv[0]).with_name("rabbitmqctl")), "-q", "set_vm_memory_high_watermark", share]
        environment = {**os.environ, **program.environment}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=_TIMEOUT_S)

    def _signal(self, target: str, number: signal.Signals) -> None:
        pid = self._state(target).pid
        if pid:  # one that a strike before has ended may not have been started again
            os.kill(pid, number)

    def _state(self, target: str) -> ProcessState:
        return self._platform.stack.supervisor.states()[target]
