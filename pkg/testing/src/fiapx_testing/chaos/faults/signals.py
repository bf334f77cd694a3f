"""Signals: a program that is killed, terminated, or stopped for a while."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fiapx_local.service_settings import services

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.platforms import Platform

MAIL: Final = "mail"
"""Keeps its mails in memory, so it is never killed."""


@dataclass(frozen=True)
class Killed:
    """SIGKILL to any program; its supervisor starts it again."""

    platform: Platform
    number: signal.Signals = signal.SIGKILL

    def targets(self) -> Sequence[str]:
        return programs(self.platform)

    def strike(self, strike: Strike) -> Healed:
        before = pid_of(self.platform, strike.target)
        if before:  # one that a strike before has ended may not have been started again
            os.kill(before, self.number)
        return lambda: pid_of(self.platform, strike.target) not in (0, before) and self.platform.is_ready(strike.target)


@dataclass(frozen=True)
class Terminated(Killed):
    """SIGTERM to a service, as a rolling update does."""

    number: signal.Signals = signal.SIGTERM

    def targets(self) -> Sequence[str]:
        return [service.name for service in services(self.platform.stack.settings)]


@dataclass(frozen=True)
class Stopped:
    """SIGSTOP to any program, and SIGCONT after: a process that is there and does nothing."""

    platform: Platform

    def targets(self) -> Sequence[str]:
        return programs(self.platform)

    def strike(self, strike: Strike) -> Healed:
        with self.platform.frozen(strike.target):
            time.sleep(strike.lasts_s)
        return lambda: self.platform.is_ready(strike.target)


def programs(platform: Platform) -> list[str]:
    """All that may be killed."""
    return [server.name for server in platform.stack.servers() if server.name != MAIL]


def pid_of(platform: Platform, program: str) -> int:
    """0: it does not run."""
    return platform.stack.supervisor.states()[program].pid
