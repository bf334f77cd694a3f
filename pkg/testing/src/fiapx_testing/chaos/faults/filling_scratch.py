"""A scratch disk that is full."""

import errno
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.platforms import Platform

_PIECE_BYTES: Final = 1 << 20
_AGAIN_AFTER_S: Final = 0.2


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
        filler = self.disk / "filler"
        until = time.monotonic() + strike.lasts_s
        try:
            while time.monotonic() < until:
                fill(filler)  # again, since copies that are removed leave room
                time.sleep(_AGAIN_AFTER_S)
        finally:
            filler.unlink(missing_ok=True)
        return self.platform.is_whole


def fill(file: Path) -> None:
    """Lets a file grow until its disk has no byte left."""
    piece = bytes(_PIECE_BYTES)
    with file.open("ab", buffering=0) as sink:
        try:
            while True:
                sink.write(piece)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
