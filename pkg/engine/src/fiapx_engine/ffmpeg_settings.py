"""What the ffmpeg command line is run with, and within which limits."""

from dataclasses import dataclass, field
from math import ceil

from fiapx_engine.child import ProcessLimits
from fiapx_engine.frame_plan import PlanLimits
from fiapx_engine.media import MediaLimits


@dataclass(frozen=True, slots=True)
class FfmpegSettings:
    """Programs, threads and limits; times in seconds of waiting for one child, memory as address space."""

    ffmpeg: str = "ffmpeg"
    ffprobe: str = "ffprobe"
    threads: int = 2
    probe_timeout_s: float = 300
    segment_timeout_s: float = 900
    scenes_timeout_s: float = 1500
    memory_bytes: int = 1024**3
    memory_bytes_per_pixel: int = 100
    most_packets: int = 2_000_000
    sequential_work_s: float = 2
    media_limits: MediaLimits = field(default_factory=MediaLimits)
    plan_limits: PlanLimits = field(default_factory=PlanLimits)

    @property
    def probe_limits(self) -> ProcessLimits:
        return self.limits(self.probe_timeout_s, self.media_limits.pixels)

    def limits(self, wall_s: float, pixels: int) -> ProcessLimits:
        """Of one child that has pictures of so many pixels to decode."""
        return ProcessLimits(
            wall_s=wall_s,
            cpu_s=ceil(wall_s * self.threads),
            memory_bytes=self.memory_bytes + self.memory_bytes_per_pixel * pixels,
        )
