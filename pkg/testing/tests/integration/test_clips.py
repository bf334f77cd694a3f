"""Clips are real files in which every frame shows its number."""

import json
import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fiapx_testing.clips import Clip, Clips
from fiapx_testing.frame_counter import CounterUnreadable, read_counter


def numbers(clip: Clip, folder: Path, *options: str, pattern: str = "%04d.png") -> list[int]:
    passthrough = ["-fps_mode", "passthrough"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", clip.path, *passthrough, *options, folder / pattern], check=True)
    return [read_counter(path.read_bytes()) for path in sorted(folder.iterdir())]


def probe(clip: Clip) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_frames", "-select_streams", "v"]
    answer: dict[str, Any] = json.loads(subprocess.check_output([*command, clip.path]))
    return answer


@pytest.mark.parametrize(
    ("codec", "container"),
    [("h264", "mp4"), ("hevc", "mkv"), ("vp9", "webm"), ("mpeg4", "avi"), ("prores", "mov"), ("mpeg2video", "ts")],
)
def test_every_frame_shows_its_number(codec: str, container: str, clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=40, codec=codec, container=container, gop=12, pixel_format=pixel_format(codec))

    assert numbers(clip, tmp_path) == list(range(40))


def pixel_format(codec: str) -> str:
    return "yuv422p10le" if codec == "prores" else "yuv420p"


def test_the_number_survives_scaling_to_a_thumbnail(clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=30)

    assert numbers(clip, tmp_path, "-vf", "scale=160:-2") == list(range(30))


def test_the_number_is_read_from_jpeg_and_from_16_bit_png(clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=5)
    jpeg, deep = tmp_path / "jpeg", tmp_path / "deep"
    jpeg.mkdir()
    deep.mkdir()

    assert numbers(clip, jpeg, pattern="%04d.jpg") == list(range(5))
    assert numbers(clip, deep, "-pix_fmt", "rgb48be") == list(range(5))


def test_b_frames_are_stored_out_of_order_and_shown_in_order(clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=40, b_frames=2, gop=20)

    assert probe(clip)["streams"][0]["has_b_frames"] > 0
    assert numbers(clip, tmp_path) == list(range(40))


def test_keyframes_come_every_gop(clips: Clips) -> None:
    frames = probe(clips.counter(frames=40, gop=10))["frames"]

    assert [n for n, frame in enumerate(frames) if frame["key_frame"]] == [0, 10, 20, 30]


def test_a_variable_rate_clip_has_the_times_it_tells(clips: Clips) -> None:
    clip = clips.counter(frames=12, fps=25, vfr=True)

    frames = probe(clip)["frames"]

    assert [Fraction(frame["pts_time"]) for frame in frames] == pytest.approx(list(clip.times_s), abs=1e-4)
    assert {later - earlier for earlier, later in pairwise(clip.times_s)} == {Fraction(1, 25), Fraction(2, 25)}


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_rotated_clip_is_upright_only_when_it_is_turned(degrees: int, clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=3, rotate=degrees)
    shown, stored = tmp_path / "shown", tmp_path / "stored"
    shown.mkdir()
    stored.mkdir()

    assert numbers(clip, shown) == [0, 1, 2]
    subprocess.run(["ffmpeg", "-v", "error", "-noautorotate", "-i", clip.path, stored / "%d.png"], check=True)
    with pytest.raises(CounterUnreadable):
        read_counter((stored / "1.png").read_bytes())


def test_a_clip_can_have_sound(clips: Clips) -> None:
    clip = clips.counter(frames=30, audio=True)

    command = ["ffprobe", "-v", "error", "-select_streams", "a", "-show_entries", "stream=codec_name", "-of", "csv=p=0"]
    assert subprocess.check_output([*command, clip.path], text=True).strip() == "aac"


def test_equal_clips_are_made_once(clips: Clips) -> None:
    assert clips.counter(frames=30).path == clips.counter(frames=30).path
    assert clips.counter(frames=30).path != clips.counter(frames=31).path
