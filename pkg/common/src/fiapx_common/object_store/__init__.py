"""An S3 object store, asynchronous, behind one adapter. Nothing else imports the minio package.

Permissions (one policy per service, on the one bucket): s3:ListBucket, s3:ListBucketMultipartUploads, and on the
service's own prefixes s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and
s3:ListMultipartUploadParts.
`ensure_bucket` also wants s3:CreateBucket, unless the bucket exists. `copy_part` wants s3:GetObject on its source.

What is promised of a store, and what breaks without it:
- Read after write and list after write. Else a finished part may be missing when parts are joined.
- Complete is atomic: the old object or the new one, never a mixture.
- Parts but the last are at least 5 MiB (AWS, MinIO, SeaweedFS refuse smaller ones; JuiceFS accepts them): callers
  group theirs.
- Nothing expires unless somebody deletes it: multipart uploads that are neither completed nor aborted keep their
  bytes for ever. Each owner sweeps its own with `list_multipart`.
- The clock agrees with the store's to within 15 minutes, or every request is refused (`store_refused`).
- A key `x` and a key `x/y` cannot both exist on JuiceFS, nor on any store that lies on a file system.

Each request is bounded by `timeout_s` without progress and connections by `connections`; a request whose answer timed
out is not repeated, since nobody knows what it did. Cancelling a caller does not stop a request already sent.
"""

from fiapx_common.object_store.failures import (
    ObjectNotFound,
    PartsRefused,
    RangeNotSatisfiable,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
    UploadNotFound,
)
from fiapx_common.object_store.minio_store import MinioObjectStore
from fiapx_common.object_store.objects import MultipartUpload, ObjectFacts, Part

__all__ = [
    "MinioObjectStore",
    "MultipartUpload",
    "ObjectFacts",
    "ObjectNotFound",
    "Part",
    "PartsRefused",
    "RangeNotSatisfiable",
    "StoreFull",
    "StoreRefused",
    "StoreUnavailable",
    "UploadNotFound",
]
