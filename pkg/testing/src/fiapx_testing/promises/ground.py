"""What measures are taken on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fiapx_testing.chaos.network import Network
from fiapx_testing.clips import Clips
from fiapx_testing.figures import Figure
from fiapx_testing.platforms import Platform


@dataclass(frozen=True)
class Ground:
    """A platform of two processes of each service, which no other measure uses meanwhile."""

    platform: Platform
    network: Network
    """The ways from its processes to its servers."""
    folder: Path
    """For files of the run."""
    quick: bool = False
    """Do little: to see that a measure works, not what it comes to."""

    @property
    def clips(self) -> Clips:
        return Clips(self.folder / "clips")

    @property
    def ten_seconds(self) -> Path:
        """A clip by which it is measured how long a user waits."""
        return self.clips.counter(frames=100, fps=10, size=(640, 360), gop=50).path

    def times(self, full: int, quick: int = 1) -> int:
        """How often to do what is repeated."""
        return quick if self.quick else full


Measure = Callable[[Ground], Iterator[Figure]]
"""Gives each figure when it has it. The platform may be left disturbed: the next one waits until it is whole."""
