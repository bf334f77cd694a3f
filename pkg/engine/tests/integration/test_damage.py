"""Damaged files with `on_damage: keep`: what decodes comes out, what is damaged is told."""

import random
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.damage import merged
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.source_bytes import LocalFile
from fiapx_testing.frame_counter import read_counter

MakeClip = Callable[[str], Path]
CLIPS = ["h264.mp4", "h264.mkv", "h264.ts", "mpeg4.avi", "mpeg2.mpg", "ten_bit.mp4"]


def written(folder: Path, data: bytes | bytearray) -> Path:
    path = folder / "source"
    path.write_bytes(data)
    return path


def with_a_hole(path: Path) -> bytearray:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    return data


async def kept(bench: Any, path: Path, **request: Any) -> tuple[Any, dict[int, bytes], list[tuple[float, float]]]:
    """The extraction, its images by frame number, and the damaged stretches."""
    made = await bench.extract(path, "every", "1", keep_damaged=True, **request)
    images = {entry.frame: frame.data for frame in made.frames for entry in frame.entries}
    return made, images, merged(stretch for frame in made.frames for stretch in frame.damaged)


@pytest.mark.parametrize("name", CLIPS)
async def test_frames_outside_the_damage_are_the_very_same(
    name: str, make_clip: MakeClip, bench: Any, chopping_bench: Any, tmp_path: Path
) -> None:
    intact = set((await bench.extract(make_clip(name), "every", "1")).pixels)
    path = written(tmp_path, with_a_hole(make_clip(name)))

    for engine in (bench, chopping_bench):
        made, _, damaged = await kept(engine, path)

        entries = [entry for frame in made.frames for entry in frame.entries]
        outside = [
            pixels
            for entry, pixels in zip(entries, made.pixels, strict=True)
            if not any(start <= entry.time_s <= end for start, end in damaged)
        ]
        assert damaged
        assert sum(end - start for start, end in damaged) < 2.2
        assert len(outside) > 20
        assert intact.issuperset(outside)


@pytest.mark.parametrize("name", ["h264.mp4", "h264.ts"])
async def test_indexes_do_not_shift_where_frames_are_lost(
    name: str, make_clip: MakeClip, bench: Any, tmp_path: Path
) -> None:
    data, chance = bytearray(make_clip(name).read_bytes()), random.Random(7)
    for _ in range(60):
        data[len(data) // 2 + chance.randrange(len(data) // 4)] ^= 1 << chance.randrange(8)

    made, _, damaged = await kept(bench, written(tmp_path, data))

    indexes = [entry.index for frame in made.frames for entry in frame.entries]
    assert damaged
    assert indexes == sorted(set(indexes))
    assert len(indexes) < made.plan.entry_count
    assert all(entry.index == entry.frame + 1 for frame in made.frames for entry in frame.entries)


@pytest.mark.parametrize("name", ["h264.mp4", "h264.mkv", "mpeg4.avi"])
async def test_of_a_file_that_was_cut_off_all_is_kept_up_to_its_end(
    name: str, make_clip: MakeClip, bench: Any, tmp_path: Path
) -> None:
    data = make_clip(name).read_bytes()
    made, images, _ = await kept(bench, written(tmp_path, data[: int(len(data) * 0.55)]))

    assert WarningCode.CUT_OFF in [warned.code for warned in made.plan.warnings]
    numbers = sorted(images)
    assert numbers[:30] == list(range(30))
    assert [read_counter(images[number]) for number in numbers[:30]] == list(range(30))


async def test_an_intact_video_is_untouched_by_the_wish_to_keep(make_clip: MakeClip, bench: Any) -> None:
    strict = await bench.extracted_once(make_clip("h264.mp4"), "fps", "7")
    made = await bench.extract(make_clip("h264.mp4"), "fps", "7", keep_damaged=True)

    assert made.images == strict.images
    assert not any(frame.damaged for frame in made.frames)


async def test_a_lost_last_frame_ends_the_run_without_decoding_on(make_clip: MakeClip, bench: Any) -> None:
    path = make_clip("h264.mp4")
    made = await bench.extract(path, "frames", "1", numbers=(3, 5), keep_damaged=True)
    (segment,) = made.plan.segments
    (run,) = segment.runs
    gone = replace(run, entries=(run.entries[0], replace(run.entries[1], pts=run.entries[1].pts + 1)))

    async with aclosing(bench.engine.extract(LocalFile(path), replace(segment, runs=(gone,)))) as frames:
        found = [frame async for frame in frames]

    assert [entry.frame for frame in found for entry in frame.entries] == [3]
    assert found[-1].data == b""
    ((start, end),) = found[-1].damaged
    assert start < 5 / 30 < end < 7 / 30
