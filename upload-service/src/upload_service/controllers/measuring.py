"""Metrics of this service."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fiapx_common.errors import Refused
from prometheus_client import Counter

UPLOADS: Final = Counter("fiapx_uploads_total", "Uploads accepted.")
UPLOAD_BYTES: Final = Counter("fiapx_upload_bytes_total", "Bytes of the uploads accepted.")
UPLOADS_REFUSED: Final = Counter("fiapx_uploads_refused_total", "Uploads refused.", ["code"])
VIDEOS_FINISHED: Final = Counter("fiapx_videos_finished_total", "Attempts that ended.", ["outcome"])
SWEPT: Final = Counter("fiapx_leftovers_swept_total", "Leftovers removed.", ["kind"])


@contextmanager
def refusals_counted() -> Iterator[None]:
    """Counts by its code what an upload is refused with."""
    try:
        yield
    except Refused as error:
        UPLOADS_REFUSED.labels(error.code).inc()
        raise
