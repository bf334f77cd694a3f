import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from fiapx_engine.ffmpeg_argv import (
    extract_run,
    find_scenes,
    probe_headers,
    probe_packets,
    qscale,
    selecting,
    watch_frames,
)
from fiapx_engine.scenes import SceneSearch
from fiapx_engine.segments import Entry, Picture, Run, Segment
from hypothesis import given
from hypothesis import strategies as st

SOURCE = Path("/scratch/source")
ARGUMENT_BYTES = 128 * 1024


def entry(frame: int, pts: int | None = None) -> Entry:
    return Entry(frame + 1, "x.png", frame * 512 if pts is None else pts, frame, 0.0, keyframe=False, packet=frame)


def run(*frames: int, seek_us: int | None = 4_000_000, by_number: bool = False) -> Run:
    return Run(seek_us, 0, 0, 0, by_number, tuple(entry(frame) for frame in frames))


def extracting(wanted: Run, *, deep: bool = False) -> list[str]:
    return argued(wanted, Picture(640, 360, deep))


def argued(wanted: Run, picture: Picture) -> list[str]:
    segment = Segment(0, "ffmpeg", 3, Fraction(1, 15_360), picture, 1.0, (wanted,))
    return extract_run("ffmpeg", SOURCE, segment, wanted, threads=2)


def after(arguments: list[str], option: str) -> str:
    return arguments[arguments.index(option) + 1]


def evaluated(expression: str, variable: str, value: int) -> bool:
    """The expression as ffmpeg computes it."""
    text = re.sub(r"\bif\(", "iif(", expression)
    names: dict[str, object] = {
        "eq": lambda a, b: a == b,
        "between": lambda x, low, high: low <= x <= high,
        "lt": lambda a, b: a < b,
        "iif": lambda condition, one, two: one if condition else two,
        variable: value,
    }
    return bool(eval(text, {"__builtins__": {}}, names))  # the test's own interpreter of ffmpeg's language


def test_the_seek_stands_before_the_input_and_keeps_true_times() -> None:
    arguments = extracting(run(1))

    before_input = arguments[: arguments.index("-i")]
    assert after(before_input, "-ss") == "4000000us"
    assert {"-copyts", "-noaccurate_seek", "-seek_timestamp"} <= set(before_input)


def test_without_a_seek_nothing_is_skipped() -> None:
    assert "-ss" not in extracting(run(1, seek_us=None))


def test_only_known_containers_and_local_files_are_read() -> None:
    for arguments in (
        extracting(run(1)),
        watch_frames("ffmpeg", SOURCE, 0, seek_us=None, threads=1),
        probe_headers("ffprobe", SOURCE),
        probe_packets("ffprobe", SOURCE, 0),
    ):
        assert after(arguments, "-protocol_whitelist") == "file"
        assert "hls" not in after(arguments, "-format_whitelist")
        assert "file:/scratch/source" in arguments


def test_the_chosen_stream_is_mapped() -> None:
    assert after(extracting(run(1)), "-map") == "0:3"


def test_as_many_frames_as_wanted_end_the_run() -> None:
    assert after(extracting(run(4, 4, 9)), "-frames") == "2"


def test_more_than_eight_bits_stay_sixteen() -> None:
    assert "format=rgb24" in after(extracting(run(1)), "-vf")
    assert "format=rgb48be" in after(extracting(run(1), deep=True), "-vf")


def test_interlaced_frames_are_told_before_and_selected_after_they_are_deinterlaced() -> None:
    chain = after(argued(run(1), Picture(640, 360, deep=False, deinterlace=True)), "-vf").split(",")

    assert [step.split("=")[0] for step in chain[:4]] == ["showinfo", "bwdif", "settb", "select"]
    assert chain[2] == "settb=1/15360"


@pytest.mark.parametrize(("by_number", "end"), [(False, "trim=end_pts=4609"), (True, "trim=end_frame=10")])
def test_a_run_that_may_lose_its_last_frame_ends_after_its_time(by_number: bool, end: str) -> None:
    wanted = run(4, 9, by_number=by_number)
    segment = Segment(0, "ffmpeg", 3, Fraction(1, 15_360), Picture(640, 360, deep=False), 1.0, (wanted,))

    chain = after(extract_run("ffmpeg", SOURCE, segment, wanted, threads=2, salvaging=True), "-vf").split(",")

    assert chain[1] == end


def test_frames_are_selected_by_number_where_times_are_not_to_be_trusted() -> None:
    assert "select='eq(n,7)'" in after(extracting(run(7, by_number=True)), "-vf")


def test_neighbours_become_one_range() -> None:
    assert selecting([entry(frame) for frame in (1, 2, 3, 9)], "pts") == "between(pts,512,1536)+eq(pts,4608)"


def test_negative_times_are_selected() -> None:
    assert evaluated(selecting([entry(0, -512)], "pts"), "pts", -512)


@given(st.sets(st.integers(-50, 2000), min_size=1, max_size=300).map(sorted), st.integers(-60, 2010))
def test_the_expression_is_true_for_the_wanted_frames_only(frames: list[int], asked: int) -> None:
    expression = selecting([entry(frame) for frame in frames], "pts")

    assert evaluated(expression, "pts", asked * 512) == (asked in frames)


def test_thousands_of_frames_fit_into_one_argument_and_nest_only_a_little() -> None:
    expression = selecting([entry(frame * 2, 10**12 + frame) for frame in range(1500)], "pts")

    depths, depth = [], 0
    for letter in expression:
        depth += (letter == "(") - (letter == ")")
        depths.append(depth)
    assert len(expression) < ARGUMENT_BYTES
    assert max(depths) < 20


def test_a_higher_quality_never_means_a_coarser_scale_of_ffmpegs() -> None:
    scales = [qscale(quality) for quality in range(1, 101)]
    assert scales == sorted(scales, reverse=True)
    assert (qscale(1), qscale(50), qscale(90), qscale(100)) == (31, 17, 3, 1)


@pytest.mark.parametrize(
    ("search", "begins"),
    [
        (SceneSearch(None, 512, None, by_number=False), "trim=start_pts=512,select="),
        (SceneSearch(4_000_000, 512, 1024, by_number=False), "trim=start_pts=512:end_pts=1024,select="),
        (SceneSearch(None, 3, 9, by_number=True), "trim=start_frame=3:end_frame=9,setpts=N,select="),
    ],
)
def test_scenes_are_selected_by_ffmpeg_itself_within_the_range(search: SceneSearch, begins: str) -> None:
    arguments = find_scenes("ffmpeg", SOURCE, 3, search, threshold=Fraction(3, 10), threads=2)

    chain = after(arguments, "-vf")
    assert chain.startswith(begins)
    assert "select='eq(n,0)+gt(scene,0.3)',showinfo" in chain
    assert ("-ss" in arguments) == (search.seek_us is not None)


@pytest.mark.parametrize("picture", [Picture(640, 360, deep=False), Picture(640, 360, deep=False, format="jpeg")])
def test_frames_to_be_scored_are_given_as_raw_bytes(picture: Picture) -> None:
    arguments = argued(run(1), replace(picture, scored=True))

    assert (after(arguments, "-f"), after(arguments, "-vcodec")) == ("rawvideo", "rawvideo")
    assert "-q:v" not in arguments
