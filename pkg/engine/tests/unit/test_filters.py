import pytest
from fiapx_engine.filters import filters, raw_bytes, turning
from fiapx_engine.segments import Crop, Picture

UPRIGHT = Picture(640, 360, deep=False)


def test_a_png_has_the_size_that_was_asked_for_and_square_pixels() -> None:
    assert filters(UPRIGHT) == (("scale", "640:360:flags=bicubic"), ("format", "rgb24"), ("setsar", "1"))


def test_more_than_eight_bits_stay_sixteen() -> None:
    assert ("format", "rgb48be") in filters(Picture(640, 360, deep=True))


@pytest.mark.parametrize(("image", "pixels", "span"), [("jpeg", "yuvj420p", "full"), ("webp", "yuv420p", "limited")])
def test_jpeg_and_webp_have_the_colours_that_their_readers_expect(image: str, pixels: str, span: str) -> None:
    scaling, depth, _ = filters(Picture(640, 360, deep=False, format=image))

    assert scaling[1].endswith(f"out_color_matrix=bt601:out_range={span}")
    assert depth == ("format", pixels)


def test_a_crop_is_cut_out_of_the_whole_picture_in_rgb() -> None:
    picture = Picture(101, 51, deep=False, crop=Crop(7, 9, 101, 51, 640, 360))

    assert filters(picture)[:3] == (("scale", "640:360:flags=bicubic"), ("format", "rgb24"), ("crop", "101:51:7:9"))


@pytest.mark.parametrize(
    ("rotation", "mirrored", "turned"),
    [
        (0, False, ()),
        (90, False, (("transpose", "clock"),)),
        (180, False, (("hflip", ""), ("vflip", ""))),
        (270, False, (("transpose", "cclock"),)),
        (0, True, (("vflip", ""),)),
        (90, True, (("transpose", "cclock_flip"),)),
        (180, True, (("hflip", ""),)),
        (270, True, (("transpose", "clock_flip"),)),
        (30, False, (("rotate", "30*PI/180"),)),
    ],
)
def test_a_frame_is_turned_as_ffmpeg_turns_it(
    rotation: int, mirrored: bool, turned: tuple[tuple[str, str], ...]
) -> None:
    picture = Picture(640, 360, deep=False, rotation=rotation, mirrored=mirrored)

    assert turning(picture) == turned
    assert filters(picture)[: len(turned)] == turned


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_is_mapped_from_its_own_transfer_before_it_is_scaled(transfer: str) -> None:
    names = [name for name, _ in filters(Picture(640, 360, deep=False, rotation=90, tone_map=transfer))]
    linear = filters(Picture(640, 360, deep=False, tone_map=transfer))[0]

    assert names == [
        "transpose",
        "zscale",
        "format",
        "zscale",
        "tonemap",
        "zscale",
        "format",
        "scale",
        "format",
        "setsar",
    ]
    assert f"tin={transfer}:" in linear[1]


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        (Picture(3, 5, deep=False), 45),
        (Picture(3, 5, deep=True), 90),
        (Picture(3, 5, deep=False, format="jpeg"), 15 + 2 * 6),
        (Picture(4, 6, deep=False, format="webp"), 24 + 2 * 6),
    ],
)
def test_a_raw_frame_has_the_bytes_of_its_planes(picture: Picture, size: int) -> None:
    assert raw_bytes(picture) == size
