"""Prometheus metrics of the work itself."""

import resource
from collections.abc import Iterable
from typing import Final

from fiapx_common.metrics import exemplar
from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from processing_service.services.workload_ports import Backlog

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
VIDEOS_WAITING: Final = Gauge("fiapx_videos_waiting", "Videos that are not planned yet.")
VIDEOS_RUNNING: Final = Gauge("fiapx_videos_running", "Videos whose frames are being taken.")
SEGMENTS_WAITING: Final = Gauge("fiapx_segments_waiting", "Segments of running videos that nobody has taken.")
SEGMENTS_RUNNING: Final = Gauge("fiapx_segments_running", "Segments that workers have taken.")
OLDEST_WAIT: Final = Gauge("fiapx_oldest_video_wait_seconds", "How long the oldest unplanned video has waited.")
SCRATCH: Final = Gauge("fiapx_scratch_bytes", "Local copies of sources.")
SCRATCH_BUDGET: Final = Gauge("fiapx_scratch_budget_bytes", "What local copies may take.")


class DecoderTime(Collector):
    """What ended child processes have used; decoders are the only ones that count."""

    def collect(self) -> Iterable[Metric]:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        yield CounterMetricFamily(
            "fiapx_decoder_cpu_seconds", "CPU time of decoders that ended.", value=used.ru_utime + used.ru_stime
        )


REGISTRY.register(DecoderTime())


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

    def backlog(self, now: Backlog) -> None:
        VIDEOS_WAITING.set(now.videos_waiting)
        VIDEOS_RUNNING.set(now.videos_running)
        SEGMENTS_WAITING.set(now.segments_waiting)
        SEGMENTS_RUNNING.set(now.segments_running)
        OLDEST_WAIT.set(now.oldest_wait_s)
