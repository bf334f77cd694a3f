"""A process of this service, as it tells of itself and as operators see it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Process:
    """One that runs."""

    holder: str
    """As it signs its leases: host, process id and a random word, joined by dashes."""
    host: str
    """Its container's or machine's name; in Kubernetes the pod's."""
    roles: tuple[str, ...]


class ProcessState(StrEnum):
    """What a process does."""

    WORKING = "working"
    DRAINING = "draining"
    """Takes nothing new; what it has ends, or is handed back."""
    DRAINED = "drained"
    """Has nothing any more; to be stopped or restarted."""
    SILENT = "silent"
    """Said nothing for so long that it is dead or cut off."""


@dataclass(frozen=True)
class SeenProcess:
    """One that said something not long ago."""

    process: Process
    started_at: datetime
    seen_at: datetime
    drain_asked_at: datetime | None
    drained_at: datetime | None
    is_silent: bool
    leases: int
    """Segments and jobs that it has a lease of."""

    @property
    def state(self) -> ProcessState:
        if self.is_silent:
            return ProcessState.SILENT
        if self.drained_at is not None:
            return ProcessState.DRAINED
        return ProcessState.WORKING if self.drain_asked_at is None else ProcessState.DRAINING
