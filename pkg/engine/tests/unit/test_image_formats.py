import pytest
from fiapx_engine.image_formats import JPEG, PNG, WEBP, format_named, format_of_file


def test_a_format_is_known_by_its_file_name() -> None:
    names = ["frame_000001.png", "frame_000001_00-00-00.000.jpg", "a.b.webp"]
    assert [format_of_file(name) for name in names] == [PNG, JPEG, WEBP]


def test_a_format_is_known_by_the_word_of_the_options() -> None:
    assert [format_named(name) for name in ("png", "jpeg", "webp")] == [PNG, JPEG, WEBP]


@pytest.mark.parametrize("name", ["frames.csv", "png", ""])
def test_a_file_that_is_no_image_has_no_format(name: str) -> None:
    with pytest.raises(ValueError, match="no kind of image"):
        format_of_file(name)
