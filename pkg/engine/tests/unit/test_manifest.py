import csv
import io
import json
import zipfile
from fractions import Fraction

import pytest
from fiapx_engine.engine import EncodedFrame
from fiapx_engine.frame_rows import FramePart, FrameRow, frame_row
from fiapx_engine.manifest import Description, close_archive
from fiapx_engine.segments import Entry
from fiapx_engine.zip_parts import ZipPart

ABOUT = Description(
    video={"id": "v", "filename": "férias.mp4", "media": {"fps": 30}},
    options={"sampling": {"rule": "fps", "fps": 1}},
    warnings=[{"code": "max_frames_reached", "message": "…"}],
    time_base=Fraction(1, 15360),
)


def entry(index: int) -> Entry:
    return Entry(
        index, f"frame_{index:06}.png", index * 512, index * 30, index + 1 / 3, keyframe=index == 1, packet=index
    )


def written(*part_sizes: int) -> tuple[bytes, list[FramePart]]:
    """An archive's parts with as many frames in each."""
    data, index = b"", 0
    parts: list[FramePart] = []
    for size in part_sizes:
        part, rows = ZipPart(), []
        for _ in range(size):
            index += 1
            frame = EncodedFrame((entry(index),), 320, 240, b"image %d" % index)
            data += b"".join(part.append(frame.entries[0].name, frame.data))
            rows.append(frame_row(frame.entries[0], frame, part.rows[-1]))
        parts.append((part.length_bytes, rows))
    return data, parts


def archive(*part_sizes: int) -> bytes:
    data, parts = written(*part_sizes)
    return data + close_archive(ABOUT, parts).tail


def test_the_last_entries_are_manifest_and_table() -> None:
    names = zipfile.ZipFile(io.BytesIO(archive(2, 1))).namelist()

    assert names == ["frame_000001.png", "frame_000002.png", "frame_000003.png", "manifest.json", "frames.csv"]


def test_the_manifest_tells_each_frame() -> None:
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(archive(1))).read("manifest.json"))

    assert list(manifest) == ["version", "video", "options", "picture", "warnings", "frames"]
    assert manifest["video"]["filename"] == "férias.mp4"
    assert manifest["frames"] == [
        {
            "index": 1,
            "name": "frame_000001.png",
            "frame": 30,
            "pts": 512,
            "time_base": "1/15360",
            "time_s": 1 + 1 / 3,
            "keyframe": True,
            "width": 320,
            "height": 240,
            "bytes": 7,
            "crc32": "bfcd76d8",
            "sha256": "bdd295acb9859817b9da544524ed3525a64f61bf5edb16deb0c28b6ae63d378b",
        }
    ]


def test_the_table_has_a_line_for_each_frame() -> None:
    text = zipfile.ZipFile(io.BytesIO(archive(2, 2))).read("frames.csv").decode()

    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["index"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0]["keyframe"] == "1"
    assert rows[0]["time_base"] == "1/15360"


def test_the_manifest_beside_the_archive_finds_each_image_by_its_bytes() -> None:
    data, parts = written(2, 3, 1)
    closed = close_archive(ABOUT, parts)

    whole = data + closed.tail
    frames = json.loads(closed.manifest)["frames"]

    assert [whole[f["offset"] : f["offset"] + f["bytes"]] for f in frames] == [b"image %d" % n for n in range(1, 7)]
    assert closed.size_bytes == len(whole)
    assert closed.frame_count == 6


@pytest.mark.parametrize("sizes", [(6,), (1, 1, 1, 1, 1, 1), (0, 6), (2, 4)])
def test_the_archive_is_the_same_for_any_number_of_parts(sizes: tuple[int, ...]) -> None:
    assert archive(*sizes) == archive(3, 3)


def test_a_row_survives_json() -> None:
    _, ((_, (row,)),) = written(1)

    assert FrameRow.from_json(json.loads(json.dumps(row.as_json()))) == row
