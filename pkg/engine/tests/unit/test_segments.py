import json
from dataclasses import astuple
from fractions import Fraction

import pytest
from fiapx_engine.segments import Crop, Entry, Picture, Run, Segment


def entry(index: int, frame: int) -> Entry:
    return Entry(index, f"{index}.png", frame * 512, frame, frame / 30, keyframe=False, packet=frame)


@pytest.mark.parametrize("crop", [None, Crop(1, 2, 3, 4, 5, 6)])
def test_a_picture_survives_json(crop: Crop | None) -> None:
    picture = Picture(3, 4, deep=True, format="jpeg", quality=7, rotation=90, mirrored=True, crop=crop)

    assert Picture.from_json(json.loads(json.dumps(astuple(picture)))) == picture


def test_a_segment_tells_the_entries_of_all_its_runs() -> None:
    runs = (
        Run(None, 0, 0, 0, by_number=False, entries=(entry(1, 0), entry(2, 0))),
        Run(9, 512, 1, 2, by_number=False, entries=(entry(3, 7),)),
    )
    segment = Segment(0, "libav", 0, Fraction(1, 15360), Picture(2, 2, deep=False), 1.0, runs)

    assert [each.index for each in segment.entries] == [1, 2, 3]
    assert segment.entry_count == 3
