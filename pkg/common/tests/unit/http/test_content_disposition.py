"""Names of downloads, which a user chose."""

import pytest
from fiapx_common.http.content_disposition import content_disposition
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
