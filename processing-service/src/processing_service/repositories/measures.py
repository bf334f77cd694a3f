"""Prometheus metrics of the work itself."""

from typing import Final

from fiapx_common.metrics import exemplar
from prometheus_client import Counter, Histogram

SEGMENTS: Final = Counter("fiapx_segments_total", "Segments extracted.")
FRAMES: Final = Counter("fiapx_frames_total", "Frames extracted.")
JOBS: Final = Counter("fiapx_jobs_total", "Jobs that ended.", ["how"])
VIDEO_SECONDS: Final = Counter("fiapx_video_seconds_total", "Seconds of video in completed jobs.")
TAKEOVERS: Final = Counter("fiapx_leases_taken_over_total", "Segments taken over from a lost worker.")
RETRIES: Final = Counter("fiapx_retries_total", "Work to be tried again.", ["why"])
STAGES: Final = Histogram(
    "fiapx_stage_seconds",
    "Time of a job's stages.",
    ["stage"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900),
)


class PrometheusMeasures:
    """Counts in this process's registry."""

    def segment_ended(self, frames: int) -> None:
        SEGMENTS.inc()
        FRAMES.inc(frames)

    def job_ended(self, how: str, video_s: float) -> None:
        JOBS.labels(how).inc()
        VIDEO_SECONDS.inc(video_s)

    def took_over(self) -> None:
        TAKEOVERS.inc()

    def retried(self, why: str) -> None:
        RETRIES.labels(why).inc()

    def stage_took(self, stage: str, seconds: float) -> None:
        STAGES.labels(stage).observe(seconds, exemplar=exemplar())
