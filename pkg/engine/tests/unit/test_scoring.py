"""Scores of pictures that can be reckoned by hand."""

import numpy as np
import pytest
from fiapx_engine.encoders import Pixels, Plane
from fiapx_engine.scoring import difference_hash, scores


def planar(luma: Plane) -> Pixels:
    height, width = luma.shape
    chroma = np.full((-(-height // 2), -(-width // 2)), 128, np.uint8)
    return Pixels(width, height, False, (luma, chroma, chroma))


def rgb(value: Plane, *, deep: bool = False) -> Pixels:
    """Grey of these values."""
    height, width = value.shape
    samples = np.repeat(value, 3, axis=1)
    if deep:
        samples = np.stack([samples, np.full_like(samples, 77)], axis=2).reshape(height, -1)
    return Pixels(width, height, deep, (samples,))


def ramp(width: int, height: int) -> Plane:
    """Brighter to the right."""
    return np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))


@pytest.mark.parametrize("size", [(9, 8), (90, 80), (97, 83), (1920, 17)])
def test_brighter_to_the_right_sets_every_bit_and_darker_none(size: tuple[int, int]) -> None:
    assert difference_hash(ramp(*size)) == 2**64 - 1
    assert difference_hash(ramp(*size)[:, ::-1]) == 0


def test_bits_go_row_by_row_from_the_left() -> None:
    luma = np.zeros((8, 9), np.uint8)
    luma[0, 1] = 1
    assert difference_hash(luma) == 1 << 63
    luma[:] = 0
    luma[7, 8] = 1
    assert difference_hash(luma) == 1


def test_a_cell_is_the_average_of_its_pixels_however_many_they_are() -> None:
    luma = np.full((8, 13), 100, np.uint8)  # cells of one and of two pixels
    assert difference_hash(luma) == 0
    luma[:, -1] = 102
    assert difference_hash(luma) == int.from_bytes(b"\x01" * 8)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2), (8, 7), (3, 3)])
def test_a_picture_smaller_than_the_hash_has_scores_all_the_same(size: tuple[int, int]) -> None:
    found = scores(planar(np.full(size[::-1], 9, np.uint8)))
    assert (found.difference_hash, found.sharpness, found.black) == (0, 0.0, 1.0)


def test_sharpness_is_the_variance_of_the_laplacian() -> None:
    luma = np.zeros((3, 4), np.uint8)
    luma[1, 1] = 10  # the Laplacian is -40 there, and 10 to its right
    assert scores(planar(luma)).sharpness == (40**2 + 10**2) / 2 - 15**2


@pytest.mark.parametrize("height", [64, 65, 66, 67, 129, 200])
def test_a_picture_of_any_height_is_looked_at_as_a_whole(height: int) -> None:
    values = np.random.default_rng(height).integers(0, 256, (height, 40), np.uint8)
    whole = values.astype(np.int64)
    laplacian = whole[:-2, 1:-1] + whole[2:, 1:-1] + whole[1:-1, :-2] + whole[1:-1, 2:] - 4 * whole[1:-1, 1:-1]
    assert scores(rgb(values)).sharpness == pytest.approx(laplacian.var(), rel=1e-9)
    assert scores(rgb(values)).black == pytest.approx((values < 32).mean(), abs=1e-4)
    assert scores(rgb(values)) == scores(planar(values))


def test_an_even_picture_and_a_straight_ramp_are_not_sharp() -> None:
    even = np.full((20, 20), 200, np.uint8)
    straight = np.tile(np.arange(100, dtype=np.uint8), (20, 1))
    assert scores(planar(even)).sharpness == scores(planar(straight)).sharpness == 0


def test_the_sharpest_picture_is_reckoned_without_overflow() -> None:
    checks = (np.indices((100, 100)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert scores(planar(checks)).sharpness == 1020**2


def test_black_is_the_share_of_pixels_below_32() -> None:
    luma = np.array([[0, 31, 32, 255]], np.uint8)
    assert scores(planar(luma)).black == 0.5
    assert scores(planar(np.array([[0, 255, 255]], np.uint8))).black == 0.3333


def test_rgb_of_eight_and_sixteen_bits_and_planes_have_the_same_scores() -> None:
    values = np.random.default_rng(3).integers(0, 256, (37, 41), np.uint8)
    assert scores(rgb(values)) == scores(rgb(values, deep=True)) == scores(planar(values))


@pytest.mark.parametrize(("colour", "luma"), [((255, 0, 0), 77), ((0, 255, 0), 149), ((0, 0, 255), 29)])
def test_colours_weigh_as_bt601_has_them(colour: tuple[int, int, int], luma: int) -> None:
    picture = np.array([[*colour] * 2, [0] * 6], np.uint8)
    pixels = Pixels(2, 2, False, (picture,))
    assert scores(pixels).black == (1.0 if luma < 32 else 0.5)


def test_luma_over_the_limited_range_is_expanded() -> None:
    limited = np.array([[0, 16, 43, 44, 235, 255]], np.uint8)  # 43 is 31 over the full range, 44 is 33
    assert scores(planar(limited), full_range=False).black == 0.5
