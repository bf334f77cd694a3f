"""The platform's workers and work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlatformStatus:
    """Of all users together."""

    workers_alive: int
    videos_waiting: int
    videos_running: int
    segments_waiting: int
    segments_running: int
    oldest_wait_s: float
    """How long the first in the queue has been waiting; 0 when nothing waits."""
