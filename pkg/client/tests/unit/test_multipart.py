"""The form's frame, read back by a parser that is not ours."""

import io

import pytest
from fiapx.errors import TransferBroken
from fiapx.multipart import Form, frame_form, stream_form
from hypothesis import given
from hypothesis import strategies as st
from python_multipart.multipart import MultipartParser


def parts_of(form: Form, body: bytes) -> list[tuple[str, bytes]]:
    """Each part's headers, as text, and its bytes."""
    parts: list[tuple[bytearray, bytearray]] = []

    def began() -> None:
        parts.append((bytearray(), bytearray()))

    def name(data: bytes, start: int, end: int) -> None:
        parts[-1][0].extend(data[start:end] + b": ")

    def value(data: bytes, start: int, end: int) -> None:
        parts[-1][0].extend(data[start:end] + b"\n")

    def content(data: bytes, start: int, end: int) -> None:
        parts[-1][1].extend(data[start:end])

    parser = MultipartParser(
        form.boundary,
        {"on_part_begin": began, "on_header_field": name, "on_header_value": value, "on_part_data": content},
    )
    parser.write(body)
    parser.finalize()
    return [(head.decode(), bytes(data)) for head, data in parts]


def sent(form: Form, content: bytes) -> bytes:
    return b"".join(stream_form(form, io.BytesIO(content), len(content), None))


@given(st.binary(max_size=5_000))
def test_any_bytes_arrive_as_they_were(content: bytes) -> None:
    form = frame_form([("options", "{}")], "video", "a.mp4", "video/mp4")
    assert [data for _, data in parts_of(form, sent(form, content))] == [b"{}", content]


@given(st.binary(max_size=5_000))
def test_the_announced_length_is_the_length(content: bytes) -> None:
    form = frame_form([("external_id", "é"), ("tags", "a")], "video", "ção.mp4", "video/mp4")
    assert len(sent(form, content)) == form.length(len(content))


def test_fields_come_before_the_file() -> None:
    form = frame_form([("tags", "a"), ("tags", "b")], "video", "a.mp4", "video/mp4")
    heads = [head for head, _ in parts_of(form, sent(form, b"x"))]
    assert [head.split("; ")[1].split("\n")[0] for head in heads] == ['name="tags"', 'name="tags"', 'name="video"']


def test_a_file_name_cannot_end_its_header() -> None:
    form = frame_form([], "video", 'a"\r\nX-Evil: 1\r\n\r\nb.mp4', "video/mp4")
    ((head, data),) = parts_of(form, sent(form, b"content"))
    assert data == b"content"
    assert head.splitlines()[0].endswith('filename="a%22%0D%0AX-Evil: 1%0D%0A%0D%0Ab.mp4"')


def test_progress_counts_the_files_bytes_only() -> None:
    form = frame_form([("options", "{}")], "video", "a.mp4", "video/mp4")
    seen: list[tuple[int, int]] = []
    content = bytes(600_000)
    for _ in stream_form(form, io.BytesIO(content), len(content), lambda sent, size: seen.append((sent, size))):
        pass
    assert seen[-1] == (600_000, 600_000)
    assert [sent for sent, _ in seen] == sorted(sent for sent, _ in seen)


def test_pieces_are_small_whatever_the_size() -> None:
    form = frame_form([], "video", "a.mp4", "video/mp4")
    pieces = stream_form(form, io.BytesIO(bytes(3_000_000)), 3_000_000, None)
    assert max(map(len, pieces)) <= 256 * 1024


def test_a_file_that_grows_meanwhile_is_sent_as_it_was_announced() -> None:
    form = frame_form([], "video", "a.mp4", "video/mp4")
    body = b"".join(stream_form(form, io.BytesIO(b"0123456789"), 4, None))
    assert [data for _, data in parts_of(form, body)] == [b"0123"]


def test_a_file_that_shrinks_meanwhile_is_an_error() -> None:
    form = frame_form([], "video", "a.mp4", "video/mp4")
    with pytest.raises(TransferBroken):
        list(stream_form(form, io.BytesIO(b"01"), 4, None))
