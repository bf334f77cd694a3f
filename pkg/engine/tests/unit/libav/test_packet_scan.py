from fiapx_engine.libav.byte_input import ByteInput
from fiapx_engine.libav.packet_scan import largest_mdat


def box(kind: bytes, content: bytes, *, length: int | None = None) -> bytes:
    return (8 + len(content) if length is None else length).to_bytes(4) + kind + content


def source(content: bytes) -> ByteInput:
    return ByteInput(lambda offset, length: content[offset : offset + length], len(content))


def test_the_media_data_lie_after_their_box_header() -> None:
    data = box(b"ftyp", b"isom1234") + box(b"mdat", b"m" * 100) + box(b"moov", b"t" * 30)
    found = largest_mdat(source(data))
    assert (found.start, found.stop) == (16 + 16, 16 + 108)


def test_of_two_boxes_the_larger_one_counts() -> None:
    data = box(b"mdat", b"m" * 10) + box(b"mdat", b"m" * 99)
    assert largest_mdat(source(data)).stop == len(data)


def test_a_box_with_a_long_length_is_measured_by_it() -> None:
    data = (1).to_bytes(4) + b"mdat" + (16 + 50).to_bytes(8) + b"m" * 50 + box(b"moov", b"t" * 20)
    found = largest_mdat(source(data))
    assert (found.start, found.stop) == (16, 66)


def test_a_box_to_the_end_of_the_file_ends_there() -> None:
    data = box(b"ftyp", b"isom1234") + box(b"mdat", b"m" * 40, length=0)
    assert largest_mdat(source(data)).stop == len(data)


def test_a_box_that_claims_more_than_there_is_ends_with_the_file() -> None:
    data = box(b"mdat", b"m" * 40, length=10**6)
    assert largest_mdat(source(data)).stop == len(data)


def test_fragments_have_no_media_data_that_could_be_left_out() -> None:
    data = box(b"mdat", b"m" * 40) + box(b"moof", b"f" * 20) + box(b"mdat", b"m" * 40)
    assert not largest_mdat(source(data))


def test_a_file_of_very_many_boxes_is_read_as_it_is() -> None:
    assert not largest_mdat(source(box(b"mdat", b"m" * 40) + box(b"free", b"12345678") * 70))


def test_a_box_that_is_shorter_than_its_header_ends_the_search() -> None:
    assert not largest_mdat(source(box(b"free", b"", length=3) + box(b"mdat", b"m" * 40)))
