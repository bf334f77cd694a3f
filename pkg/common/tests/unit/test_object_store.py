"""What is true of an object store without one: ETags of joined parts, errors."""

import pytest
from fiapx_common.errors import FiapxError, Invalid, NotFound, Unavailable
from fiapx_common.object_store import (
    ObjectNotFound,
    Part,
    PartsRefused,
    RangeNotSatisfiable,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
    UploadNotFound,
)
from fiapx_common.object_store.failures import failure
from fiapx_common.object_store.objects import multipart_etag


def test_the_etag_of_joined_parts_is_the_md5_of_their_md5s() -> None:
    # by `printf '' | md5sum | xxd -r -p` twice, and `md5sum` of both
    empty = Part(1, "d41d8cd98f00b204e9800998ecf8427e", 0)
    assert multipart_etag([empty, empty]) == "5873dd45edd01f09c1ef2e7819369e8e-2"


def test_parts_whose_etag_is_no_md5_have_no_foreseeable_etag() -> None:
    assert multipart_etag([Part(1, "opaque", 5)]) is None


@pytest.mark.parametrize(
    ("code", "kind", "parent"),
    [
        ("NoSuchKey", ObjectNotFound, NotFound),
        ("NoSuchUpload", UploadNotFound, NotFound),
        ("InvalidPart", PartsRefused, Invalid),
        ("EntityTooSmall", PartsRefused, Invalid),
        ("InvalidRange", RangeNotSatisfiable, Invalid),
        ("XMinioStorageFull", StoreFull, Unavailable),
        ("SlowDown", StoreUnavailable, Unavailable),
        ("InternalError", StoreUnavailable, Unavailable),
        ("AccessDenied", StoreRefused, Unavailable),
        ("NoSuchBucket", StoreRefused, Unavailable),
        ("RequestTimeTooSkewed", StoreRefused, Unavailable),
        ("SomethingNew", StoreRefused, Unavailable),
    ],
)
def test_a_stores_error_is_told_in_our_words(code: str, kind: type[FiapxError], parent: type[FiapxError]) -> None:
    error = failure(code, "a/b")
    assert type(error) is kind
    assert isinstance(error, parent)
