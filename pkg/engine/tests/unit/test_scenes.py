from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from fiapx_engine.media import Media, Source
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.scenes import SceneSearch, scene_numbers, scene_search
from fiapx_engine.segments import Picture
from fiapx_engine.timeline import Timeline

MakeTimeline = Callable[..., Timeline]
MEDIA = Media(10.0, 320, 180, 30.0, "h264", 0, hdr=False, variable_frame_rate=False)


def search(timeline: Timeline, start: str = "0", end: str | None = None) -> SceneSearch | None:
    source = Source("libav", MEDIA, 0, Picture(320, 180, deep=False), timeline, "pts", None, None)
    ends = None if end is None else Fraction(end)
    return scene_search(source, ExtractionRequest("scenes", start_s=Fraction(start), end_s=ends))


def test_the_whole_is_looked_at_from_its_first_frame_to_its_end(constant: MakeTimeline) -> None:
    assert search(constant(300, first=1024)) == SceneSearch(None, 1024, None, by_number=False)


def test_a_range_is_decoded_from_the_keyframe_before_it_on(constant: MakeTimeline) -> None:
    timeline = constant(300, gop=60)  # 30 frames a second
    assert search(timeline, "3", "5") == SceneSearch(2_000_000, 90 * 512, 150 * 512, by_number=False)


def test_a_stream_that_cannot_be_entered_is_decoded_from_its_beginning(constant: MakeTimeline) -> None:
    timeline = replace(constant(300, gop=60), seekable=False)
    assert search(timeline, "3") == SceneSearch(None, 90 * 512, None, by_number=False)


def test_frames_that_only_their_number_tells_apart_are_counted(constant: MakeTimeline) -> None:
    timeline = replace(constant(300), seekable=False, numbered=True)
    found = search(timeline, "3", "5")
    assert found == SceneSearch(None, 90, 150, by_number=True)
    assert scene_numbers(timeline, found, [0, 7]) == (90, 97)


@pytest.mark.parametrize(("start", "end"), [("10", None), ("0.001", "0.002")])
def test_a_range_without_frames_is_not_looked_at(constant: MakeTimeline, start: str, end: str | None) -> None:
    assert search(constant(300), start, end) is None


def test_frames_are_known_by_their_time_and_others_left_out(shown: MakeTimeline) -> None:
    timeline = shown([0, 40, 100, 130], Fraction(1, 1000))
    whole = SceneSearch(None, 0, None, by_number=False)
    assert scene_numbers(timeline, whole, [0, 50, 100, 500]) == (0, 2)
