"""Metrics of this service."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fiapx_common.errors import Refused
from fiapx_common.metrics import exemplar
from prometheus_client import Counter, Histogram

from upload_service.entities.video import Video

UPLOADS: Final = Counter("fiapx_uploads_total", "Uploads accepted.")
UPLOAD_BYTES: Final = Counter("fiapx_upload_bytes_total", "Bytes of the uploads accepted.")
UPLOADS_REFUSED: Final = Counter("fiapx_uploads_refused_total", "Uploads refused.", ["code"])
VIDEOS_FINISHED: Final = Counter("fiapx_videos_finished_total", "Attempts that ended.", ["outcome"])
TURNAROUND: Final = Histogram(
    "fiapx_video_turnaround_seconds",
    "From a video's first byte to the end of its first attempt.",
    ["outcome"],
    buckets=(1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 14400),
)
SWEPT: Final = Counter("fiapx_leftovers_swept_total", "Leftovers removed.", ["kind"])


@contextmanager
def refusals_counted() -> Iterator[None]:
    """Counts by its code what an upload is refused with."""
    try:
        yield
    except Refused as error:
        UPLOADS_REFUSED.labels(error.code).inc()
        raise


def video_finished(video: Video) -> None:
    """An attempt ended."""
    VIDEOS_FINISHED.labels(video.status.value).inc()
    if video.attempt == 1 and video.finished_at is not None:
        seconds = (video.finished_at - video.created_at).total_seconds()
        TURNAROUND.labels(video.status.value).observe(seconds, exemplar=exemplar())
