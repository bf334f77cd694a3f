"""Thumbnails on paper."""

import pytest
from processing_service.entities.image import thumbnail_name, thumbnail_size


@pytest.mark.parametrize(
    ("size", "wanted", "made"),
    [((1920, 1080), 320, (320, 180)), ((1080, 1920), 160, (160, 284)), ((640, 3), 160, (160, 1))],
)
def test_a_thumbnail_has_the_wanted_width_and_the_images_aspect(
    size: tuple[int, int], wanted: int, made: tuple[int, int]
) -> None:
    assert thumbnail_size(*size, wanted) == made


def test_a_thumbnail_is_never_larger_than_its_image() -> None:
    assert thumbnail_size(90, 50, 640) == (90, 50)


def test_a_thumbnail_is_named_after_its_image() -> None:
    assert thumbnail_name("frame_000013_00-00-12.000.png", 320) == "frame_000013_00-00-12.000_320.jpg"
