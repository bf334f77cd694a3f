import pytest
from fiapx_engine.decoder_log import DemuxerLog, FrameLog, RunWatch, SeenFrame
from fiapx_engine.errors import FramesLost, NoStart
from fiapx_engine.segments import Entry, Run

SHOWN = (
    "[Parsed_showinfo_0 @ 0x55e1] [info] n:   7 pts:  {pts} pts_time:1.4 pos:   34749 fmt:yuv420p sar:1/1 "
    "s:320x240 i:{field} iskey:{key} type:{kind} "
)


def shown(*, pts: int | str, key: int, kind: str, field: str = "P") -> str:
    return SHOWN.format(pts=pts, key=key, kind=kind, field=field)


def seen(pts: int | None, *, broken: bool = False) -> SeenFrame:
    return SeenFrame(pts, keyframe=False, intra=False, broken=broken)


def entry(frame: int, index: int = 1) -> Entry:
    return Entry(index, f"{index}.png", frame * 10, frame, 0.0, keyframe=False, packet=frame)


def run(*frames: int, seek_us: int | None = None, start: int = 0, by_number: bool = False) -> Run:
    return Run(
        seek_us, start * 10, start, start, by_number, tuple(entry(frame, n) for n, frame in enumerate(frames, 1))
    )


def arrivals(wanted: Run, frames: list[SeenFrame]) -> list[int]:
    watch = RunWatch(wanted)
    return [entries[0].frame for frame in frames if (entries := watch.see(frame))]


def test_a_frame_is_read_from_its_line() -> None:
    assert FrameLog().read(shown(pts=-512, key=1, kind="I")) == SeenFrame(-512, keyframe=True, intra=True, broken=False)
    assert FrameLog().read(shown(pts="NOPTS", key=0, kind="B")) == SeenFrame(
        None, keyframe=False, intra=False, broken=False
    )


@pytest.mark.parametrize(("field", "interlaced"), [("P", False), ("T", True), ("B", True)])
def test_a_frame_of_two_fields_is_known(field: str, interlaced: bool) -> None:
    frame = FrameLog().read(shown(pts=1, key=0, kind="P", field=field))

    assert frame is not None
    assert frame.interlaced is interlaced


@pytest.mark.parametrize(
    "line",
    [
        "[warning] file:/scratch/a: corrupt decoded frame in stream 0",
        "[error] Error while decoding stream #0:0: Invalid data found when processing input",
        "[vist#0:0/h264 @ 0x55] [dec:h264 @ 0x55] [error] Error submitting packet to decoder: Invalid data",
        "[hevc @ 0x55] [error] CABAC_MAX_BIN : 7",
    ],
)
def test_a_complaint_marks_the_next_frame_as_broken(line: str) -> None:
    log = FrameLog()

    assert log.read(line) is None
    assert log.read(shown(pts=1, key=0, kind="P")) == seen(1, broken=True)
    assert log.read(shown(pts=2, key=0, kind="P")) == seen(2)


def test_a_reference_missing_after_a_seek_is_no_complaint() -> None:
    log = FrameLog()
    log.read("[h264 @ 0x55] [error] mmco: unref short failure")

    assert log.read(shown(pts=1, key=0, kind="P")) == seen(1)


def test_the_summary_names_no_path_and_no_address() -> None:
    log = FrameLog()
    log.read("[mov @ 0x55ccff14c280] [error] moov atom not found")
    log.read("[error] file:/scratch/secret.mp4: Invalid data found")

    assert log.summary() == "[mov] [error] moov atom not found | [error]  Invalid data found"


def test_memory_that_is_used_up_is_noticed() -> None:
    log = FrameLog()
    log.read("[h264 @ 0x1] [error] Cannot allocate memory")

    assert log.out_of_memory


def test_wanted_frames_arrive_one_by_one() -> None:
    assert arrivals(run(0, 2, 3), [seen(0), seen(10), seen(20), seen(30), seen(40)]) == [0, 2, 3]


def test_frames_before_the_keyframe_are_passed_by() -> None:
    frames = [seen(30, broken=True), seen(None), seen(50), seen(60)]

    assert arrivals(run(6, seek_us=1, start=5), frames) == [6]


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([seen(0), seen(20)], "a frame in between was lost"),
        ([seen(0), seen(10), seen(30)], "the wanted one was lost"),
        ([seen(0), seen(10, broken=True)], "one that it builds on is broken"),
        ([seen(0), seen(10), seen(20, broken=True)], "the wanted one is broken"),
        ([seen(0), seen(10), seen(11), seen(20)], "one too many came"),
    ],
)
def test_a_loss_is_noticed_from_the_numbers(frames: list[SeenFrame], why: str) -> None:
    with pytest.raises(FramesLost):
        arrivals(run(2), frames)


def taken(frames: list[SeenFrame], *, early: bool = False) -> list[int]:
    """Frame 22, taken out of a run, whose keyframe is 20."""
    watch = RunWatch(run(22, seek_us=None if early else 1, start=20), taken=True, early=early)
    return [entries[0].frame for frame in frames if (entries := watch.see(frame))]


def intra(pts: int) -> SeenFrame:
    return SeenFrame(pts, keyframe=True, intra=True, broken=False)


def test_a_run_that_was_taken_out_of_another_begins_with_a_picture_of_its_own() -> None:
    assert taken([intra(200), seen(210), seen(220)]) == [22]
    with pytest.raises(NoStart):
        taken([seen(200), seen(210), seen(220)])
    with pytest.raises(FramesLost):
        taken([intra(210), seen(210), seen(220)])


def test_from_an_earlier_point_on_damage_well_before_the_keyframe_does_not_matter() -> None:
    before = [seen(pts, broken=pts == 20) for pts in range(0, 200, 10)]

    assert taken([*before, intra(200), seen(210), seen(220)], early=True) == [22]


def test_damage_just_before_the_keyframe_may_be_its_own() -> None:
    before = [seen(pts, broken=pts == 190) for pts in range(0, 200, 10)]

    with pytest.raises(FramesLost):
        taken([*before, intra(200), seen(210), seen(220)], early=True)


def test_what_comes_after_the_last_wanted_frame_does_not_matter() -> None:
    assert arrivals(run(1), [seen(0), seen(10), seen(20, broken=True), seen(50)]) == [1]


def test_by_number_the_times_do_not_matter() -> None:
    assert arrivals(run(2, by_number=True), [seen(None), seen(99), seen(5)]) == [2]


def test_the_demuxer_tells_corrupt_packets_of_our_stream_only() -> None:
    log = DemuxerLog(stream=0)
    log.read("[mpegts @ 0x5] [warning] Packet corrupt (stream = 0, dts = 567000).")
    log.read("[mpegts @ 0x5] [warning] Packet corrupt (stream = 1, dts = 1).")

    assert log.corrupt_dts == [567000]
    assert not log.cut_off


def test_a_file_that_ends_in_the_middle_of_an_element_is_cut_off() -> None:
    log = DemuxerLog(stream=0)
    log.read("[matroska,webm @ 0x5] [error] File ended prematurely")

    assert (log.cut_off, log.index_beyond_end) == (True, False)


def test_a_file_may_be_shorter_than_its_index() -> None:
    log = DemuxerLog(stream=0)
    log.read("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5] [error] stream 0, offset 0x30e01: partial file")

    assert (log.cut_off, log.index_beyond_end) == (False, True)


def test_a_hole_in_matroska_has_a_place() -> None:
    log = DemuxerLog(stream=0)
    log.read("[matroska,webm @ 0x5] [error] 0x00 at pos 174243 (0x2a8a3) invalid as first byte of an EBML number")

    assert log.holes == [174243]
