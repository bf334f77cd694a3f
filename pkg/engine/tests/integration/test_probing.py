import random
import subprocess
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.errors import VideoRefused
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.source_bytes import LocalFile
from fiapx_models.failures import FailureCode
from fiapx_testing.frame_counter import read_counter

MakeClip = Callable[[str], Path]


async def refusal(bench: Any, path: Path, **request: Any) -> FailureCode:
    with pytest.raises(VideoRefused) as refused:
        await bench.extract(path, "fps", "30", **request)
    assert str(path) not in refused.value.detail
    return refused.value.code


def written(tmp_path: Path, data: bytes | bytearray) -> Path:
    path = tmp_path / "source"
    path.write_bytes(data)
    return path


async def test_an_empty_file_is_empty(bench: Any, tmp_path: Path) -> None:
    assert await refusal(bench, written(tmp_path, b"")) is FailureCode.EMPTY


@pytest.mark.parametrize("data", [b"this is no video\n" * 50, random.Random(1).randbytes(50_000)])
async def test_text_and_noise_are_no_video(data: bytes, bench: Any, tmp_path: Path) -> None:
    assert await refusal(bench, written(tmp_path, data)) is FailureCode.UNSUPPORTED_CONTAINER


async def test_an_archive_is_no_video(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "text")

    assert await refusal(bench, path) is FailureCode.UNSUPPORTED_CONTAINER


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:{victim}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{victim}'\n",
    ],
)
async def test_a_playlist_that_names_another_file_is_no_video(
    text: str, make_clip: MakeClip, bench: Any, tmp_path: Path
) -> None:
    path = tmp_path / "video.mp4"
    path.write_text(text.format(victim=make_clip("h264.ts")))

    assert await refusal(bench, path) is FailureCode.UNSUPPORTED_CONTAINER


@pytest.mark.parametrize("name", ["audio.mp4", "cover.mp4"])
async def test_sound_and_cover_art_are_no_video(name: str, make_clip: MakeClip, bench: Any) -> None:
    assert await refusal(bench, make_clip(name)) is FailureCode.NO_VIDEO


async def test_a_picture_that_is_too_wide_is_too_large(make_clip: MakeClip, bench: Any) -> None:
    assert await refusal(bench, make_clip("wide.mp4")) is FailureCode.TOO_LARGE


@pytest.mark.parametrize(
    "name", ["h264.mp4", "h264.mkv", "vp9.webm", "mpeg4.avi", "without_pts.avi", "h264.flv", "wmv2.wmv", "ten_bit.mp4"]
)
@pytest.mark.parametrize("share", [0.2, 0.55, 0.97])
async def test_a_file_that_was_cut_off_is_damaged(
    name: str, share: float, make_clip: MakeClip, bench: Any, tmp_path: Path
) -> None:
    data = make_clip(name).read_bytes()

    assert await refusal(bench, written(tmp_path, data[: int(len(data) * share)])) is FailureCode.DAMAGED


@pytest.mark.parametrize("name", ["h264.mp4", "h264.mkv", "h264.ts", "mpeg4.avi", "mpeg2.mpg", "ten_bit.mp4"])
async def test_a_hole_in_the_middle_is_damage(name: str, make_clip: MakeClip, bench: Any, tmp_path: Path) -> None:
    data = bytearray(make_clip(name).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)

    assert await refusal(bench, written(tmp_path, data)) is FailureCode.DAMAGED


@pytest.mark.parametrize("name", ["h264.mp4", "h264.mkv", "h264.ts", "mpeg4.avi", "mpeg2.mpg", "ten_bit.mp4"])
async def test_flipped_bits_are_damage(name: str, make_clip: MakeClip, bench: Any, tmp_path: Path) -> None:
    data, chance = bytearray(make_clip(name).read_bytes()), random.Random(7)
    for _ in range(60):
        data[len(data) // 2 + chance.randrange(len(data) // 4)] ^= 1 << chance.randrange(8)

    assert await refusal(bench, written(tmp_path, data)) is FailureCode.DAMAGED


@pytest.mark.parametrize("name", ["h264.mp4", "h264.ts", "mpeg4.avi"])
async def test_damage_outside_the_range_does_not_matter(
    name: str, make_clip: MakeClip, bench: Any, tmp_path: Path
) -> None:
    data = bytearray(make_clip(name).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)

    made = await bench.extract(written(tmp_path, data), "fps", "30", end_s=Fraction(1, 2))

    assert made.numbers == list(range(15))


@pytest.mark.parametrize("name", ["h264.mp4", "h264.mkv", "h264.ts", "mpeg4.avi", "h264.flv", "mpeg2.mpg"])
async def test_bytes_after_the_video_do_no_harm(name: str, make_clip: MakeClip, bench: Any, tmp_path: Path) -> None:
    data = make_clip(name).read_bytes() + random.Random(3).randbytes(3000)

    made = await bench.extract(written(tmp_path, data), "fps", "1")

    assert made.numbers == [0, 30, 60]


async def test_an_mp4_whose_data_is_gone_has_no_frames(make_clip: MakeClip, bench: Any, tmp_path: Path) -> None:
    data = bytearray(make_clip("h264.mp4").read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)

    assert await refusal(bench, written(tmp_path, data)) in {FailureCode.NO_FRAMES, FailureCode.DAMAGED}


async def test_an_mp4_without_its_index_is_damaged(make_clip: MakeClip, bench: Any, tmp_path: Path) -> None:
    data = make_clip("h264.mp4").read_bytes()
    index, media = data.index(b"moov") - 4, data.index(b"mdat") - 4

    assert await refusal(bench, written(tmp_path, data[:index] + data[media:])) is FailureCode.DAMAGED


async def test_a_size_that_changes_midway_is_scaled_to_the_first(
    make_clip: MakeClip, bench: Any, oracle: Any, tmp_path: Path
) -> None:
    path = written(tmp_path, make_clip("small.ts").read_bytes() + make_clip("after_small.ts").read_bytes())

    made = await bench.extract(path, "fps", "7")

    shown = oracle.frames(path, made.source)
    assert (made.source.media.width, made.source.media.height) == (160, 90)
    assert made.pixels == [shown[number] for number in made.numbers]


async def test_times_that_jump_back_go_on_after_the_jump(make_clip: MakeClip, bench: Any, tmp_path: Path) -> None:
    path = written(tmp_path, make_clip("h264.ts").read_bytes() * 2)

    made = await bench.extract(path, "fps", "1")

    assert [read_counter(image) for image in made.images] == [0, 30, 60, 0, 30, 60]


async def test_a_flood_of_packets_is_too_large(fork_server: ForkServer, make_clip: MakeClip) -> None:
    engine = FfmpegEngine(FfmpegSettings(most_packets=50), fork_server)

    with pytest.raises(VideoRefused) as refused:
        await engine.probe(LocalFile(make_clip("h264.mp4")))

    assert refused.value.code is FailureCode.TOO_LARGE


def with_date_and_timecode(clip: Path, path: Path) -> Path:
    told = ["-timecode", "01:00:00:00", "-metadata", "creation_time=2026-01-02T03:04:05Z"]
    words = ["ffmpeg", "-v", "error", "-i", str(clip), "-c", "copy", *told, str(path)]
    subprocess.run(words, check=True, timeout=60)
    return path


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv"])
async def test_the_timecode_and_the_creation_time_that_a_file_carries_are_told(
    container: str, make_clip: MakeClip, bench: Any, tmp_path: Path
) -> None:
    path = with_date_and_timecode(make_clip("h264.mp4"), tmp_path / f"dated.{container}")

    source = (await bench.extract(path, "frames", "1", numbers=(0,))).source
    assert (source.timecode, source.creation_time) == ("01:00:00:00", "2026-01-02T03:04:05.000000Z")
