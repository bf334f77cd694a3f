"""What is true of an object store without one: names of downloads, ETags of joined parts, errors."""

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
    content_disposition,
)
from fiapx_common.object_store.failures import failure
from fiapx_common.object_store.objects import multipart_etag
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("filename", "value"),
    [
        ("frames.zip", 'attachment; filename="frames.zip"'),
        ("férias.zip", "attachment; filename=\"ferias.zip\"; filename*=UTF-8''f%C3%A9rias.zip"),
        ("视频.zip", "attachment; filename=\"zip\"; filename*=UTF-8''%E8%A7%86%E9%A2%91.zip"),
        ('a"; filename="b.exe', 'attachment; filename="a__ filename=_b.exe"'),
        ("../../etc/passwd", 'attachment; filename="_.._etc_passwd"'),
        ("C:\\videos\\a.mp4", 'attachment; filename="C__videos_a.mp4"'),
        ("a\r\nSet-Cookie: x=1", 'attachment; filename="aSet-Cookie_ x=1"'),
        ("invoice\u202efdp.exe", 'attachment; filename="invoicefdp.exe"'),
        ("\ud800.zip", 'attachment; filename="zip"'),
        ("...", 'attachment; filename="download"'),
        ("", 'attachment; filename="download"'),
    ],
)
def test_a_download_has_the_users_name_without_its_dangers(filename: str, value: str) -> None:
    assert content_disposition(filename) == value


def test_a_long_name_keeps_its_extension() -> None:
    value = content_disposition("x" * 500 + ".zip")
    assert value == f'attachment; filename="{"x" * 196}.zip"'


def test_a_long_name_that_is_all_extension_is_cut() -> None:
    assert content_disposition("a." + "x" * 500) == f'attachment; filename="a.{"x" * 198}"'


@given(st.text(max_size=400))
def test_no_name_can_break_out_of_the_header(filename: str) -> None:
    value = content_disposition(filename, "inline")
    assert value.isascii()
    assert value.isprintable()
    assert value.count('"') == 2


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
