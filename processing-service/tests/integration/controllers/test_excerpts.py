"""Archives of some frames, through the gRPC door."""

import asyncio
import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fiapx_common.errors import Invalid, NotFound
from fiapx_testing.frame_counter import read_counter

Media = Any  # conftest's
pytestmark = pytest.mark.asyncio(loop_scope="session")


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


async def test_an_excerpt_has_just_the_frames_asked_for_in_order(media: Media) -> None:
    with opened(await media.excerpt((9, 40), (1, 1), (4, 6), (5, 5))) as excerpt:
        images = excerpt.namelist()[:-2]
        assert [int(name.split("_")[1]) for name in images] == [1, 4, 5, 6, 9, 10]
        assert [read_counter(excerpt.read(name)) for name in images] == [0, 18, 24, 30, 48, 54]
        assert excerpt.namelist()[-2:] == ["manifest.json", "frames.csv"]


async def test_an_excerpt_passes_the_tests_of_zip_tools(media: Media, tmp_path: Path) -> None:
    data = await media.excerpt((2, 7))
    path = tmp_path / "excerpt.zip"
    path.write_bytes(data)
    unzip = await asyncio.create_subprocess_exec("unzip", "-t", str(path), stdout=asyncio.subprocess.PIPE)
    told, _ = await unzip.communicate()
    assert b"No errors detected" in told
    with opened(data) as excerpt:
        assert excerpt.testzip() is None
        assert {entry.compress_type for entry in excerpt.infolist()} == {zipfile.ZIP_STORED}


async def test_the_indexes_of_an_excerpt_are_the_archives_without_the_other_frames(media: Media) -> None:
    archive = await media.platform.archive(media.outcome)
    whole = json.loads(archive.read("manifest.json"))
    rows = list(csv.reader(io.StringIO(archive.read("frames.csv").decode())))
    with opened(await media.excerpt((3, 4), (8, 8))) as excerpt:
        kept = json.loads(excerpt.read("manifest.json"))
        assert kept == {**whole, "frames": [whole["frames"][at] for at in (2, 3, 7)]}
        assert list(csv.reader(io.StringIO(excerpt.read("frames.csv").decode()))) == [rows[at] for at in (0, 3, 4, 8)]


async def test_all_frames_together_are_the_archive_again(media: Media) -> None:
    archive = await media.platform.archive(media.outcome)
    assert await media.excerpt((-(2**62), 2**62)) == archive.data


async def test_frames_that_are_not_there_make_no_archive(media: Media) -> None:
    for ranges in ([(11, 20)], [(-5, 0)], [(2**40, 2**41)]):
        with pytest.raises(NotFound, match="none of these frames"):
            await media.excerpt(*ranges)
    with pytest.raises(NotFound, match="has no result"):
        await media.excerpt((1, 1), attempt=2)


@pytest.mark.parametrize("ranges", [[], [(5, 4)], [(1, 1)] * 1001])
async def test_ranges_that_mean_nothing_are_refused(media: Media, ranges: list[tuple[int, int]]) -> None:
    with pytest.raises(Invalid) as caught:
        await media.excerpt(*ranges)
    assert [field.field for field in caught.value.fields] == ["ranges"]
