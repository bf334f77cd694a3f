import pytest
from fiapx_engine.image_stream import NotImage, Splitter, raw_splitter, splitter

JPEG = b"\xff\xd8" + b"\xff\xe0\x00\x06\xff\xd9ab" + b"\xff\xda\x00\x04xy" + b"scan\xff\x00data" + b"\xff\xd9"
WEBP = b"RIFF" + (11).to_bytes(4, "little") + b"WEBPVP8 abc"


def split(made: Splitter, data: bytes, step: int) -> list[bytes]:
    return [image for at in range(0, len(data), step) for image in made.feed(data[at : at + step])]


@pytest.mark.parametrize(("kind", "image"), [("jpeg", JPEG), ("webp", WEBP)])
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_images_come_out_whole_however_their_bytes_come_in(kind: str, image: bytes, step: int) -> None:
    assert split(splitter(kind, 1000), image * 3, step) == [image] * 3


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_something_else_in_the_stream_is_told(kind: str) -> None:
    with pytest.raises(NotImage):
        split(splitter(kind, 1000), b"GIF89a and more", 4)


@pytest.mark.parametrize(("kind", "image"), [("jpeg", JPEG), ("webp", WEBP)])
def test_an_image_without_an_end_is_not_kept_for_ever(kind: str, image: bytes) -> None:
    with pytest.raises(NotImage, match="more than 10 bytes"):
        split(splitter(kind, 10), image[:-1], 4)


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_raw_frames_are_told_apart_by_their_size(step: int) -> None:
    assert split(raw_splitter(5), b"aaaaabbbbbcccccdd", step) == [b"aaaaa", b"bbbbb", b"ccccc"]
