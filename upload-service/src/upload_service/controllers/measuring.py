"""Metrics of this service."""

from typing import Final

from prometheus_client import Counter

UPLOADS: Final = Counter("fiapx_uploads_total", "Uploads accepted.")
UPLOAD_BYTES: Final = Counter("fiapx_upload_bytes_total", "Bytes of the uploads accepted.")
UPLOADS_REFUSED: Final = Counter("fiapx_uploads_refused_total", "Uploads refused.", ["code"])
VIDEOS_FINISHED: Final = Counter("fiapx_videos_finished_total", "Attempts that ended.", ["outcome"])
SWEPT: Final = Counter("fiapx_leftovers_swept_total", "Leftovers removed.", ["kind"])
