"""A scratch disk that is full."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.chaos.small_disk import keep_full
from fiapx_testing.platforms import Platform


@dataclass(frozen=True)
class FullScratch:
    """No copy of a source has room, in no process."""

    platform: Platform
    disk: Path | None
    """Where the scratch folder is a small disk of its own; else nobody is struck."""

    def targets(self) -> Sequence[str]:
        return [] if self.disk is None else ["scratch"]

    def strike(self, strike: Strike) -> Healed:
        assert self.disk is not None
        keep_full(self.disk, strike.lasts_s)
        return self.platform.is_whole
