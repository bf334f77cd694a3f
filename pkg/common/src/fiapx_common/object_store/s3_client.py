"""The synchronous client: timeouts, few retries, and the multipart calls that minio keeps private.

Those are used here and nowhere else; the contract tests hold them.
"""

from types import TracebackType
from typing import Self
from urllib.parse import quote

from minio import Minio
from minio.datatypes import ListMultipartUploadsResult
from minio.datatypes import Part as MinioPart
from urllib3 import PoolManager, Retry, Timeout
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from fiapx_common.object_store.objects import MultipartUpload, Part
from fiapx_common.settings import StoreSettings

CONNECT_TIMEOUT_S = 3.0
RETRIES = 2


class _PromptRetry(Retry):
    """Tries again after a refused or dropped connection or a 5xx, not after a timeout: that would add up to minutes."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        if isinstance(error, ReadTimeoutError):
            raise error
        return super().increment(method, url, response, error, _pool, _stacktrace)


class S3Client(Minio):
    """minio's client of one store. It asks no server for the region, so that signing is local."""

    def __init__(self, settings: StoreSettings, endpoint: str, *, secure: bool) -> None:
        super().__init__(
            endpoint,
            access_key=settings.access_key.get_secret_value(),
            secret_key=settings.secret_key.get_secret_value(),
            secure=secure,
            region=settings.region,
            http_client=PoolManager(
                # A stream being read holds a connection but no thread: keep room for as many of those.
                maxsize=2 * settings.connections,
                timeout=Timeout(connect=min(CONNECT_TIMEOUT_S, settings.timeout_s), read=settings.timeout_s),
                retries=_PromptRetry(
                    total=RETRIES, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504), raise_on_status=False
                ),
            ),
        )

    def create_multipart(self, bucket: str, key: str, content_type: str) -> str:
        """CreateMultipartUpload; answers the upload's id."""
        return self._create_multipart_upload(bucket, key, {"Content-Type": content_type})

    def put_part(self, bucket: str, key: str, upload_id: str, number: int, data: bytes) -> Part:
        """UploadPart."""
        return Part(number, self._upload_part(bucket, key, data, None, upload_id, number), len(data))

    def copy_part(self, bucket: str, key: str, upload_id: str, number: int, source: tuple[str, int, int]) -> Part:
        """UploadPartCopy of (key, start, length)."""
        source_key, start, length = source
        etag, _ = self._upload_part_copy(
            bucket,
            key,
            upload_id,
            number,
            {
                "x-amz-copy-source": quote(f"/{bucket}/{source_key}"),
                "x-amz-copy-source-range": f"bytes={start}-{start + length - 1}",
            },
        )
        return Part(number, etag, length)

    def complete_multipart(self, bucket: str, key: str, upload_id: str, parts: list[Part]) -> str | None:
        """CompleteMultipartUpload; answers the ETag, or None where S3 tells of a failure under status 200."""
        named = [MinioPart(part.number, part.etag) for part in parts]
        return self._complete_multipart_upload(bucket, key, upload_id, named).etag

    def abort_multipart(self, bucket: str, key: str, upload_id: str) -> None:
        """AbortMultipartUpload."""
        self._abort_multipart_upload(bucket, key, upload_id)

    def all_parts(self, bucket: str, key: str, upload_id: str) -> list[Part]:
        """ListParts, every page."""
        parts: list[Part] = []
        marker: str | None = None
        while True:
            page = self._list_parts(bucket, key, upload_id, part_number_marker=marker)
            parts += [Part(part.part_number, part.etag, part.size or 0) for part in page.parts]
            if not page.is_truncated or not page.parts:
                return parts
            marker = str(page.parts[-1].part_number)

    def open_uploads(self, bucket: str, prefix: str) -> list[MultipartUpload]:
        """ListMultipartUploads, every page."""
        uploads: dict[str, MultipartUpload] = {}
        page = self._list_multipart_uploads(bucket, prefix=prefix)
        while fresh := [upload for upload in _uploads(page) if upload.upload_id not in uploads]:
            uploads |= {upload.upload_id: upload for upload in fresh}
            if not page.is_truncated:
                break
            # minio 7.2.20 loses the answer's NextUploadIdMarker; the page's last upload is the same thing. SeaweedFS
            # names no next key, goes on by the id alone, and takes a key for a filter.
            page = self._list_multipart_uploads(
                bucket, prefix=prefix, key_marker=page.next_key_marker, upload_id_marker=fresh[-1].upload_id
            )
        return list(uploads.values())


def _uploads(page: ListMultipartUploadsResult) -> list[MultipartUpload]:
    return [MultipartUpload(each.object_name or "", each.upload_id or "", each.initiated_time) for each in page.uploads]
