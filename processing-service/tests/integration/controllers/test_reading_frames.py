"""Single images and thumbnails, through the gRPC door."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from fiapx_common.errors import Invalid, NotFound
from fiapx_testing.frame_counter import read_counter

Media = Any  # conftest's
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_each_image_is_the_archives_byte_for_byte(media: Media) -> None:
    archive = await media.platform.archive(media.outcome)
    images = [await media.frame(index) for index in range(1, 11)]
    assert [image.data for image in images] == [archive.read(image.header.name) for image in images]
    assert [image.header.name for image in images] == archive.names[:10]
    for image in images:
        assert image.header.content_type == "image/png"
        assert image.header.size_bytes == len(image.data)
        assert image.header.sha256 == hashlib.sha256(image.data).hexdigest()


async def test_a_thumbnail_shows_the_same_frame_as_a_small_jpeg(media: Media) -> None:
    image, small = await media.frame(7), await media.frame(7, width=160)
    assert small.header.content_type == "image/jpeg"
    assert small.header.name == image.header.name.replace(".png", "_160.jpg")
    assert small.header.size_bytes == len(small.data) < len(image.data)
    assert small.header.sha256 == hashlib.sha256(small.data).hexdigest()
    # the clip is 320 pixels wide: a wider thumbnail than that is as large as the image, and its counter can be read
    assert read_counter((await media.frame(7, width=640)).data) == read_counter(image.data)


async def test_what_is_not_there_is_not_found(media: Media) -> None:
    for index in (0, -1, 11, 2**31, 2**62):
        with pytest.raises(NotFound, match=f"no frame {index}"):
            await media.frame(index)
    for changes in ({"attempt": 2}, {"video_id": str(uuid4())}):
        with pytest.raises(NotFound, match="has no result"):
            await media.frame(1, **changes)


async def test_a_width_that_is_not_offered_is_refused_with_those_that_are(media: Media) -> None:
    with pytest.raises(Invalid) as caught:
        await media.frame(1, width=200)
    assert [(field.field, field.message) for field in caught.value.fields] == [
        ("width", "must be one of 160, 320, 640")
    ]
