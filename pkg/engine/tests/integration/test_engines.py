import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.errors import VideoRefused
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.frame_rows import FrameRow, frame_row
from fiapx_engine.libav_engine import LibavEngine, LibavSettings
from fiapx_engine.manifest import Description, close_archive
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.source_bytes import LocalFile
from fiapx_engine.zip_parts import ZipPart
from fiapx_models.failures import FailureCode
from fiapx_testing.frame_counter import read_counter
from fiapx_testing.processes import decoders
from fiapx_testing.waiting import PATIENCE_S

MakeClip = Callable[[str], Path]

CLIPS = [
    "h264.mp4",
    "open_gop.mp4",
    "open_gop.ts",
    "captured.ts",
    "h264.mkv",
    "h264.ts",
    "h264.flv",
    "without_pts.avi",
    "mpeg4_b.avi",
    "mpeg4.avi",
    "mpeg2.mpg",
    "vp9.webm",
    "vp8.webm",
    "hevc.mp4",
    "hevc.ts",
    "ten_bit.mp4",
    "ten_bit_422.mov",
    "intra_refresh.mp4",
    "full_range.mp4",
    "edit_list.mp4",
    "edit_list_open_gop.mp4",
    "late.mp4",
    "late.ts",
    "negative.ts",
    "vfr.mp4",
    "vfr_cut.mp4",
    "rotated.mp4",
    "odd_size.mp4",
    "anamorphic.mp4",
    "two_videos.mkv",
    "cover_beside.mp4",
    "av1.mp4",
    "prores.mov",
    "hdr10.mp4",
    "hlg.mp4",
    "wmv2.wmv",
    "mjpeg.mov",
    "theora.ogv",
    "single.mp4",
    "short.mp4",
]
TURNED = [
    "rotated_180.mp4",
    "rotated_270.mp4",
    "mirrored.mp4",
    "mirrored_90.mp4",
    "mirrored_180.mp4",
    "mirrored_270.mp4",
    "mirrored_rgb.mov",
]
WITHOUT_TIMES = ["without_pts.avi"]
NEVER_CUT = ["intra_refresh.mp4", "theora.ogv", "without_pts.avi", "mpeg4_b.avi", "single.mp4", "short.mp4"]
TIMED_ALIKE = [
    "open_gop.mp4",
    "h264.ts",
    "mpeg4.avi",
    "vp8.webm",
    "ten_bit.mp4",
    "ten_bit_422.mov",
    "intra_refresh.mp4",
    "full_range.mp4",
    "edit_list_open_gop.mp4",
    "rotated.mp4",
    "odd_size.mp4",
    "anamorphic.mp4",
    "cover_beside.mp4",
    "prores.mov",
    "hdr10.mp4",
    "hlg.mp4",
    "mjpeg.mov",
]
MANY = 113 * 90
SEEKING = ["h264.mp4", "open_gop.mp4", "open_gop.ts", "h264.mkv", "h264.flv", "edit_list.mp4", "late.ts", "ten_bit.mp4"]


@pytest.mark.parametrize("name", [*CLIPS, *TURNED])
async def test_pixels_are_those_of_plain_ffmpeg(
    name: str, make_clip: MakeClip, bench: Any, oracle: Any, engine_choice: str
) -> None:
    path = make_clip(name)
    made = await bench.extracted_once(path, "fps", "7")

    shown = oracle.frames(path, made.source)

    assert len(made.source.timeline.pts) == len(shown)
    assert made.pixels == [shown[number] for number in made.numbers]
    assert made.helped == (engine_choice == "ffmpeg" or name in WITHOUT_TIMES)


@pytest.mark.parametrize("name", sorted(set(CLIPS) - set(NEVER_CUT)))
async def test_any_number_of_segments_gives_the_same_bytes(
    name: str, make_clip: MakeClip, bench: Any, chopping_bench: Any, engine_choice: str
) -> None:
    whole = await bench.extracted_once(make_clip(name), "fps", "7")
    pieces = await chopping_bench.extracted_once(make_clip(name), "fps", "7")

    assert pieces.images == whole.images
    assert pieces.numbers == whole.numbers
    assert pieces.helped == (engine_choice == "ffmpeg")


@pytest.mark.parametrize("name", sorted(set(CLIPS) - set(TIMED_ALIKE)))
async def test_ffmpeg_fps_gives_the_frames_of_ffmpegs_filter(
    name: str, make_clip: MakeClip, bench: Any, oracle: Any
) -> None:
    path = make_clip(name)
    made = await bench.extract(path, "ffmpeg_fps", "3")

    filtered = oracle.filtered(path, made.source, "fps=3")

    assert made.pixels == filtered or (not filtered and made.plan.warnings)


@pytest.mark.parametrize("name", sorted({*CLIPS, *TURNED} - set(WITHOUT_TIMES)))
async def test_both_engines_know_the_same_of_a_clip(fork_server: ForkServer, name: str, make_clip: MakeClip) -> None:
    fast, sure = LibavEngine(LibavSettings(), fork_server), FfmpegEngine(FfmpegSettings(), fork_server)
    by_fast, by_sure = [await engine.probe(LocalFile(make_clip(name))) for engine in (fast, sure)]

    known, surely = by_fast.timeline, by_sure.timeline
    assert by_fast.media == by_sure.media
    assert (known.time_base, known.end, known.file_start) == (surely.time_base, surely.end, surely.file_start)
    assert list(known.pts) == list(surely.pts)
    assert known.keyframe_numbers() == surely.keyframe_numbers()
    assert known.told_end in (surely.told_end, None)
    assert surely.told_end is not None
    assert known.pts[-1] <= surely.told_end <= known.latest_end


@pytest.mark.parametrize("name", SEEKING)
async def test_seeking_was_really_tried(name: str, make_clip: MakeClip, chopping_bench: Any) -> None:
    made = await chopping_bench.extract(make_clip(name), "fps", "2")

    assert len(made.plan.segments) >= 2
    assert made.plan.segments[-1].runs[0].seek_us is not None


@pytest.mark.parametrize("name", NEVER_CUT)
async def test_where_seeking_gives_ffmpeg_other_frames_there_is_none(
    fork_server: ForkServer, name: str, make_clip: MakeClip
) -> None:
    engine = FfmpegEngine(FfmpegSettings(sequential_work_s=0), fork_server)

    assert not (await engine.probe(LocalFile(make_clip(name)))).timeline.seekable


@pytest.mark.parametrize(
    "name", ["h264.mp4", "open_gop.mp4", "h264.mkv", "without_pts.avi", "vp9.webm", "rotated.mp4", "ten_bit.mp4"]
)
async def test_one_frame_a_second_shows_frames_0_30_and_60(name: str, make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip(name), "fps", "1")

    assert [read_counter(image) for image in made.images] == [0, 30, 60]


async def test_a_video_may_begin_before_its_clock_does(make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("negative.ts"), "fps", "1")

    assert made.source.timeline.pts[0] * made.source.timeline.time_base == Fraction(-1, 2)
    assert [read_counter(image) for image in made.images] == [0, 30, 60]


async def test_ten_thousand_frames_are_all_there(make_clip: MakeClip, bench: Any, oracle: Any) -> None:
    made = await bench.extract(make_clip("many.mp4"), "every", "1", step=1)

    shown = oracle.frames(make_clip("many.mp4"), made.source)
    assert len(shown) == MANY
    assert made.numbers == list(range(MANY))
    assert made.pixels == shown


async def test_a_variable_rate_shows_the_frame_of_the_instant(make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("vfr.mp4"), "fps", "1")

    assert [read_counter(image) for image in made.images] == [0, 23, 45, 68]


async def test_an_edit_list_begins_with_the_frame_that_players_show(make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("edit_list.mp4"), "fps", "1")

    assert [read_counter(image) for image in made.images] == [21, 51, 81]


async def test_two_instants_of_one_frame_are_one_image(make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("h264.mp4"), "fps", "60", end_s=Fraction(1, 10))

    assert [[entry.index for entry in frame.entries] for frame in made.frames] == [[1, 2], [3, 4], [5, 6]]


async def test_a_clip_shorter_than_an_interval_still_gives_one_frame(make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("short.mp4"), "ffmpeg_fps", "1")

    assert [read_counter(image) for image in made.images] == [0]
    assert [told.code for told in made.plan.warnings] == [WarningCode.FIRST_FRAME_ONLY]


async def test_a_thousand_frames_a_second_of_a_long_range_fail_at_once(
    fork_server: ForkServer, make_clip: MakeClip
) -> None:
    engine = FfmpegEngine(FfmpegSettings(), fork_server)
    source = await engine.probe(LocalFile(make_clip("h264.mp4")))

    with pytest.raises(VideoRefused) as refused:
        await engine.plan(source, ExtractionRequest("fps", Fraction(10**9)))

    assert refused.value.code is FailureCode.TOO_MANY_FRAMES


async def test_the_archive_is_the_same_from_any_segments(make_clip: MakeClip, bench: Any, chopping_bench: Any) -> None:
    whole = await bench.extract(make_clip("h264.mp4"), "fps", "10")
    pieces = await chopping_bench.extract(make_clip("h264.mp4"), "fps", "10")

    assert _archive(pieces) == _archive(whole)


@pytest.mark.parametrize("name", ["h264.mp4", "open_gop.mp4", "vp9.webm"])
async def test_the_archive_is_the_same_from_a_first_segment_cut_within_a_group_of_pictures(
    name: str, make_clip: MakeClip, bench: Any, hasty_bench: Any
) -> None:
    whole = await bench.extract(make_clip(name), "fps", "10")
    pieces = await hasty_bench.extract(make_clip(name), "fps", "10")

    first, second, *_ = pieces.plan.segments
    assert first.runs[0].start_pts == second.runs[0].start_pts
    assert _archive(pieces) == _archive(whole)


async def test_facts_are_told(make_clip: MakeClip, bench: Any) -> None:
    media = (await bench.engine.probe(LocalFile(make_clip("rotated.mp4")))).media

    assert (media.width, media.height, media.rotation) == (180, 320, 90)
    assert (media.fps, media.duration_s, media.codec) == (30.0, 3.0, "h264")
    assert not media.hdr
    assert not media.variable_frame_rate


async def test_a_variable_rate_is_told(make_clip: MakeClip, bench: Any) -> None:
    assert (await bench.engine.probe(LocalFile(make_clip("vfr.mp4")))).media.variable_frame_rate


async def test_square_pixels_are_told(make_clip: MakeClip, bench: Any) -> None:
    media = (await bench.engine.probe(LocalFile(make_clip("anamorphic.mp4")))).media

    assert (media.width, media.height) == (427, 180)


async def test_closing_the_frames_kills_the_decoder(make_clip: MakeClip, bench: Any) -> None:
    path = make_clip("h264.mp4")
    source = await bench.engine.probe(LocalFile(path))
    plan = await bench.engine.plan(source, ExtractionRequest("fps", Fraction(30)))

    frames = bench.engine.extract(LocalFile(path), plan.segments[0])
    await anext(frames)
    (decoder,) = decoders(os.getpid())
    os.kill(decoder, signal.SIGSTOP)  # frozen, it never ends by itself
    async with asyncio.timeout(PATIENCE_S):
        await frames.aclose()

    assert not decoders(os.getpid())


async def test_cancelling_the_task_kills_the_decoder(make_clip: MakeClip, bench: Any) -> None:
    path = make_clip("h264.mp4")
    source = await bench.engine.probe(LocalFile(path))
    plan = await bench.engine.plan(source, ExtractionRequest("fps", Fraction(30)))
    begun = asyncio.Event()

    async def work() -> None:
        async with contextlib.aclosing(bench.engine.extract(LocalFile(path), plan.segments[0])) as frames:
            async for _ in frames:
                begun.set()
                await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not decoders(os.getpid())


async def test_a_seek_that_lands_too_late_is_tried_again_from_earlier(make_clip: MakeClip, chopping_bench: Any) -> None:
    path = make_clip("h264.mp4")
    made = await chopping_bench.extract(path, "fps", "7")
    segment = made.plan.segments[-1]
    late = replace(segment, runs=tuple(replace(run, seek_us=run.seek_us + 400_000) for run in segment.runs))

    async with contextlib.aclosing(chopping_bench.engine.extract(LocalFile(path), late)) as frames:
        images = [frame.data async for frame in frames]

    assert images == [frame.data for frame in made.frames[-len(images) :]]
    assert len(images) == segment.entry_count


def _archive(made: Any) -> bytes:
    part, rows = ZipPart(), list[FrameRow]()
    data = b""
    for frame in made.frames:
        for entry in frame.entries:
            data += b"".join(part.append(entry.name, frame.data))
            rows.append(frame_row(entry, frame, part.rows[-1]))
    about = Description({}, {}, [], made.source.timeline.time_base)
    return data + close_archive(about, [(part.length_bytes, rows)]).tail
