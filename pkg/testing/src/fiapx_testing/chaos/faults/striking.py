"""Carries a schedule's strikes out, and sees how long the platform takes to come back."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fiapx_testing.chaos.faults import links
from fiapx_testing.chaos.faults.blocking import Blocked
from fiapx_testing.chaos.faults.filling import Full
from fiapx_testing.chaos.faults.filling_scratch import FullScratch
from fiapx_testing.chaos.faults.kinds import Kind
from fiapx_testing.chaos.faults.repeating import Repeated
from fiapx_testing.chaos.faults.signals import Killed, Stopped, Terminated
from fiapx_testing.chaos.network import Network
from fiapx_testing.chaos.schedule import Fault, Strike
from fiapx_testing.platforms import Platform

_RECOVERS_WITHIN_S: Final = 90.0
"""A worker may take a minute to end."""
_POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Struck:
    """What came of a strike."""

    strike: Strike
    recovery_s: float | None
    """From the end of the fault until what was struck answers that it is ready; None: not within 90 s."""


@dataclass(frozen=True)
class Striker:
    """Strikes one after another."""

    kinds: Mapping[Fault, Kind]

    @classmethod
    @contextmanager
    def of(cls, platform: Platform, network: Network, disks: Mapping[str, Path]) -> Iterator["Striker"]:
        """Who can do everything to a platform, until the block's end; `disks`: of their own, small ones."""
        with Repeated.recording(platform.stack) as repeated:
            yield cls(
                {
                    Fault.KILL: Killed(platform),
                    Fault.STOP: Stopped(platform),
                    Fault.TERM: Terminated(platform),
                    Fault.BLOCK: Blocked(platform),
                    Fault.DELAY: links.Server(platform, network, links.SLOW),
                    Fault.RESET: links.Resets(platform, network),
                    Fault.REFUSE: links.Server(platform, network, links.REFUSING),
                    Fault.SILENCE: links.Server(platform, network, links.SILENT),
                    Fault.DEAF: links.Server(platform, network, links.DEAF),
                    Fault.PARTITION: links.Partitioned(platform, network),
                    Fault.SLOW_MAIL: links.slow_mail(platform, network),
                    Fault.FULL: Full(platform, disks.get("postgres")),
                    Fault.FULL_SCRATCH: FullScratch(platform, disks.get("scratch")),
                    Fault.REPEAT: repeated,
                }
            )

    def targets(self, wanted: Iterable[Fault]) -> dict[Fault, Sequence[str]]:
        """Whom each of the faults can strike."""
        return {fault: self.kinds[fault].targets() for fault in wanted}

    def strike(self, strike: Strike) -> Struck:
        """Returns when what was struck is ready again."""
        is_back = self.kinds[strike.fault].strike(strike)
        healed = time.monotonic()
        while not is_back():
            if time.monotonic() - healed > _RECOVERS_WITHIN_S:
                return Struck(strike, None)
            time.sleep(_POLL_S)
        return Struck(strike, round(time.monotonic() - healed, 2))
