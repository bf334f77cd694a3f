from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from fiapx_engine.errors import VideoRefused
from fiapx_engine.pictures import done, fitted, picture_of
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.segments import Crop, Picture
from fiapx_models.failures import FailureCode
from hypothesis import given
from hypothesis import strategies as st

# a phone's film, stored lying with pixels that are wider than high
SOURCE = Picture(720, 1440, deep=True, rotation=90, stored_width=1080, stored_height=720)
sides = st.integers(1, 8192)


def made(**request: Any) -> Picture:
    return picture_of(SOURCE, replace(ExtractionRequest("fps"), **request))[0]


def test_a_picture_is_shown_as_players_show_it() -> None:
    assert made() == SOURCE


def test_without_rotation_it_stays_as_it_is_stored() -> None:
    picture = made(rotate=False)

    assert (picture.width, picture.height, picture.rotation) == (1080, 720, 0)


@pytest.mark.parametrize(("image", "deep"), [("png", True), ("jpeg", False), ("webp", False)])
def test_only_png_has_room_for_more_than_eight_bits(image: str, deep: bool) -> None:
    assert made(format=image).deep is deep


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ((None, None), (1920, 1080)),
        ((640, None), (640, 360)),
        ((None, 360), (640, 360)),
        ((640, 640), (640, 360)),
        ((4000, 360), (640, 360)),
        ((1000, None), (1000, 563)),
        ((4000, 4000), (1920, 1080)),
        ((1, None), (1, 1)),
    ],
)
def test_a_picture_is_fitted_into_the_box(box: tuple[int | None, int | None], size: tuple[int, int]) -> None:
    assert fitted(1920, 1080, *box) == size


@given(sides, sides, sides | st.none(), sides | st.none())
def test_what_is_fitted_lies_in_the_box_is_never_larger_and_keeps_its_shape(
    width: int, height: int, most_width: int | None, most_height: int | None
) -> None:
    fit_width, fit_height = fitted(width, height, most_width, most_height)

    assert 1 <= fit_width <= min(width, most_width or width)
    assert 1 <= fit_height <= min(height, most_height or height)
    scale = min(Fraction(most_width or width, width), Fraction(most_height or height, height), Fraction(1))
    assert abs(fit_width - width * scale) <= max(Fraction(1, 2), 1 - width * scale)
    assert abs(fit_height - height * scale) <= max(Fraction(1, 2), 1 - height * scale)


def test_a_crop_is_measured_in_the_picture_as_it_is_shown() -> None:
    picture = made(crop=(20, 40, 600, 1000))

    assert (picture.width, picture.height) == (600, 1000)
    assert picture.crop == Crop(20, 40, 600, 1000, 720, 1440)


def test_a_crop_is_fitted_after_it_is_cut_out() -> None:
    picture = made(crop=(20, 40, 600, 1000), width=300)

    assert (picture.width, picture.height) == (300, 500)
    assert done(picture)["crop"] == {"x": 20, "y": 40, "width": 600, "height": 1000}


def test_a_crop_that_reaches_beyond_the_picture_is_cut_there_and_told() -> None:
    picture, warnings = picture_of(SOURCE, ExtractionRequest("fps", crop=(700, 0, 100, 2000)))

    assert (picture.width, picture.height) == (20, 1440)
    assert warnings == (WarningCode.CROP_CUT,)


@pytest.mark.parametrize("crop", [(720, 0, 1, 1), (0, 1440, 1, 1)])
def test_a_crop_outside_the_picture_is_refused(crop: tuple[int, int, int, int]) -> None:
    with pytest.raises(VideoRefused) as refused:
        made(crop=crop)

    assert refused.value.code is FailureCode.CROP_OUTSIDE


@pytest.mark.parametrize(
    ("request_", "mapped", "warnings"),
    [
        ({"format": "jpeg"}, "smpte2084", ()),
        ({"format": "jpeg", "tone_map": "off"}, "", ()),
        ({"format": "jpeg", "tone_map": "missing"}, "", (WarningCode.NOT_TONE_MAPPED,)),
        ({"format": "png"}, "", ()),
        ({"format": "png", "tone_map": "missing"}, "", ()),
    ],
)
def test_hdr_is_tone_mapped_where_the_image_has_eight_bits(
    request_: dict[str, Any], mapped: str, warnings: tuple[WarningCode, ...]
) -> None:
    source = replace(SOURCE, tone_map="smpte2084")
    picture, told = picture_of(source, ExtractionRequest("fps", **request_))

    assert (picture.tone_map, told) == (mapped, warnings)
    assert done(picture)["tone_mapped"] is bool(mapped)


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("interlaced", [True, False])
def test_what_is_interlaced_is_deinterlaced_unless_it_is_not_wanted(asked: bool, interlaced: bool) -> None:
    picture, _ = picture_of(replace(SOURCE, deinterlace=interlaced), ExtractionRequest("fps", deinterlace=asked))

    assert picture.deinterlace is (asked and interlaced)
