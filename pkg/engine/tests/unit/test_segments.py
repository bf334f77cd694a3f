import json
from dataclasses import astuple, replace
from fractions import Fraction

import pytest
from fiapx_engine.segments import Crop, Entry, Picture, Run, Segment, Start


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


def joined() -> Run:
    """Of three groups of pictures, that begin at frames 0, 10 and 20."""
    entries = tuple(entry(index, frame) for index, frame in enumerate((3, 5, 12, 21, 25), start=1))
    starts = (Start(1, None, 0, 0, 0), Start(3, 333, 5120, 10, 10), Start(4, 666, 10240, 20, 20))
    return Run(None, 0, 0, 0, by_number=False, entries=entries, starts=starts)


def test_a_run_is_taken_apart_where_another_keyframe_begins() -> None:
    alone, rest = joined().taken_apart()

    assert (alone.seek_us, alone.start_frame, [each.frame for each in alone.entries]) == (None, 0, [3, 5])
    assert alone.starts == ()
    assert rest is not None
    assert (rest.seek_us, rest.start_frame, [each.frame for each in rest.entries]) == (333, 10, [12, 21, 25])


def test_what_is_left_of_a_run_is_taken_apart_likewise() -> None:
    run = joined()
    alone, rest = replace(run, entries=run.entries[1:]).taken_apart()
    assert [each.frame for each in alone.entries] == [5]
    assert rest is not None

    second, third = rest.taken_apart()
    assert (second.seek_us, [each.frame for each in second.entries]) == (333, [12])
    assert third is not None

    last, nothing = third.taken_apart()
    assert (last.seek_us, last.start_packet, [each.frame for each in last.entries]) == (666, 20, [21, 25])
    assert nothing is None


def test_a_run_of_one_keyframe_stays_as_it_is() -> None:
    run = Run(9, 512, 1, 2, by_number=False, entries=(entry(3, 7),))

    assert run.taken_apart() == (run, None)


def test_a_segment_is_taken_apart_and_survives_json() -> None:
    other = Run(9, 512, 1, 2, by_number=False, entries=(entry(6, 47),))
    segment = Segment(0, "libav", 0, Fraction(1, 15360), Picture(2, 2, deep=False), 1.0, (joined(), other))

    alone, rest = segment.taken_apart()

    assert [each.index for each in alone.entries] == [1, 2]
    assert [each.index for each in rest.entries] == [3, 4, 5, 6]
    assert Segment.from_json(json.loads(json.dumps(rest.as_json()))) == rest
