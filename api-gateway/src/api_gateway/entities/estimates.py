"""What a job would come to."""

from dataclasses import dataclass

from fiapx_models.media import Warned


@dataclass(frozen=True)
class PlannedInstant:
    """One frame of a plan, from index 1; seconds from the video's first frame, decimal."""

    index: int
    time_s: str


@dataclass(frozen=True)
class Estimate:
    """Reckoned before it is begun; a picture's size in pixels."""

    frames: int
    frames_exact: bool
    bytes: int
    bytes_measured: bool
    seconds: float
    seconds_measured: bool
    width: int
    height: int
    warnings: tuple[Warned, ...]
    instants: tuple[PlannedInstant, ...]
    more: bool
    """Other instants follow."""
