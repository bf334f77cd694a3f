"""The push parser: whatever the form and wherever it is cut, the same parts come out."""

from itertools import pairwise

import pytest
from api_gateway.controllers.multipart import MalformedMultipart, MultipartReader, NotMultipart, read_boundary
from api_gateway.entities.form_parts import PartBegan, PartData, PartEnded
from hypothesis import given
from hypothesis import strategies as st

BOUNDARY = b"----boundary-7MA4YWxk"
Parts = list[tuple[PartBegan, bytes]]


def part(disposition: str, data: bytes, content_type: str = "") -> bytes:
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f"Content-Disposition: form-data; {disposition}\r\n{kind}\r\n"
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + data + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


def read(*pieces: bytes) -> Parts:
    """The parts with their data joined."""
    reader = MultipartReader(BOUNDARY)
    found: Parts = []
    ended = 0
    for piece in pieces:
        for one in reader.feed(piece):
            match one:
                case PartBegan():
                    found.append((one, b""))
                case PartData(data):
                    found[-1] = (found[-1][0], found[-1][1] + data)
                case PartEnded():
                    ended += 1
    reader.finish()
    assert ended == len(found)
    return found


def cut(whole: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(whole) + 1) for place in places), len(whole)]
    return [whole[start:end] for start, end in pairwise(edges)]


# Data made of pieces of the boundary is what a push parser gets wrong.
TREACHEROUS = st.lists(
    st.sampled_from([b"\r\n--" + BOUNDARY[:-1], b"\r\n-", b"\r", b"\n", b"--", b"\r\n--", b"x", b"\0", BOUNDARY]),
    max_size=12,
).map(b"".join)
DELIMITER = b"\r\n--" + BOUNDARY
DATA = (TREACHEROUS | st.binary(max_size=200)).filter(lambda data: DELIMITER not in data)


@given(video=DATA, options=DATA, cuts=st.lists(st.integers(min_value=0), max_size=12))
def test_any_cut_of_the_body_gives_the_same_parts(video: bytes, options: bytes, cuts: list[int]) -> None:
    whole = body(
        part('name="options"', options), part('name="video"; filename="a.mp4"', video, content_type="video/mp4")
    )
    expected = [(PartBegan("options", None, ""), options), (PartBegan("video", "a.mp4", "video/mp4"), video)]
    assert read(whole) == expected
    assert read(*cut(whole, cuts)) == expected


def test_bytes_one_by_one_give_the_same_parts() -> None:
    whole = body(part('name="video"; filename="a.mp4"', b"\r\n--" + BOUNDARY[:-1] + b"data"))
    assert read(*(whole[i : i + 1] for i in range(len(whole)))) == read(whole)


@given(st.binary(max_size=400))
def test_random_bytes_are_malformed_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(MalformedMultipart):
        read(data)


def test_a_form_without_its_closing_boundary_is_malformed() -> None:
    whole = body(part('name="video"; filename="a.mp4"', b"data"))
    with pytest.raises(MalformedMultipart, match="closing boundary"):
        read(whole[: -len(BOUNDARY) - 6])


def test_a_part_without_a_name_is_malformed() -> None:
    with pytest.raises(MalformedMultipart, match="no name"):
        read(body(part('filename="a.mp4"', b"data")))


def test_an_endless_part_header_is_malformed() -> None:
    with pytest.raises(MalformedMultipart):
        read(b"--" + BOUNDARY + b"\r\nContent-Disposition: " + b"x" * 100_000)


def test_a_file_name_in_utf8_is_read() -> None:
    [(began, _)] = read(body(part('name="video"; filename="férias 日本.mp4"', b"")))
    assert began.filename == "férias 日本.mp4"


def test_a_file_name_that_is_not_utf8_is_read_with_replacements() -> None:
    raw = body(part('name="video"; filename="a?.mp4"', b"")).replace(b"?", b"\xff\x00")
    [(began, _)] = read(raw)
    assert began.filename == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}.mp4"


def test_an_epilogue_is_ignored() -> None:
    whole = body(part('name="options"', b"{}"))
    assert read(whole, b"whatever") == read(whole)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json", "multipart/mixed; boundary=x"])
def test_another_content_type_is_unsupported(content_type: str) -> None:
    with pytest.raises(NotMultipart):
        read_boundary(content_type)


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_content_type_without_a_boundary_is_malformed(content_type: str) -> None:
    with pytest.raises(MalformedMultipart):
        read_boundary(content_type)


def test_a_boundary_is_read_with_and_without_quotes() -> None:
    assert read_boundary("multipart/form-data; boundary=abc") == b"abc"
    assert read_boundary('Multipart/Form-Data; charset=utf-8; boundary="a b"') == b"a b"


def test_a_boundary_that_is_too_long_is_malformed() -> None:
    with pytest.raises(MalformedMultipart):
        MultipartReader(b"x" * 10_000)
