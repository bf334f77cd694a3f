"""The decoder child as its parent sees it: what it reads, how it ends, and who steps in."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from fiapx_engine.auto_engine import AutoEngine
from fiapx_engine.engine import Engine
from fiapx_engine.errors import DecoderFailed, FramesLost, VideoRefused
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav_child import is_range
from fiapx_engine.libav_engine import LibavEngine, LibavSettings
from fiapx_engine.readings import Unsuited
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.segments import Segment
from fiapx_engine.source_bytes import LocalFile
from fiapx_models.failures import FailureCode
from fiapx_testing.processes import decoder_children
from fiapx_testing.ranged_files import RangedFile
from fiapx_testing.waiting import PATIENCE_S

MakeClip = Callable[[str], Path]
EVERY_FRAME = ExtractionRequest("fps", Fraction(30))


@pytest.fixture
def engine(fork_server: ForkServer) -> LibavEngine:
    return LibavEngine(LibavSettings(), fork_server)


@pytest.fixture(scope="session")
def long_clip(make_clip: MakeClip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large file: two minutes of the counter over and over, its index at the end, and sound beside it."""
    path = tmp_path_factory.mktemp("long") / "long.mp4"
    sound = ["-f", "lavfi", "-i", "anoisesrc=d=120", "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac"]
    film = ["-stream_loop", "39", "-i", str(make_clip("large.mp4"))]
    subprocess.run(["ffmpeg", "-v", "error", *film, *sound, "-t", "120", str(path)], check=True, timeout=120)
    return path


async def segment_of(engine: LibavEngine, path: Path, request: ExtractionRequest = EVERY_FRAME) -> Segment:
    plan = await engine.plan(await engine.probe(LocalFile(path)), request)
    return plan.segments[0]


async def images_of(engine: Engine, path: Path, segment: Segment, on_image: Callable[[], object] = int) -> int:
    """How many come."""
    made = 0
    async with contextlib.aclosing(engine.extract(LocalFile(path), segment)) as frames:
        async for _ in frames:
            made += 1
            on_image()
    return made


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - processes tell nothing
            await asyncio.sleep(0.01)


def kill_children() -> None:
    for pid in children():
        os.kill(pid, signal.SIGKILL)


def children() -> list[int]:
    """Decoder children of this process's fork server."""
    return decoder_children(os.getpid())


async def test_bytes_by_ranges_and_bytes_of_a_file_give_the_same_images(
    engine: LibavEngine, make_clip: MakeClip
) -> None:
    path = make_clip("late.mp4")
    segment = await segment_of(engine, path)
    images = []
    for source in (LocalFile(path), RangedFile(path)):
        async with contextlib.aclosing(engine.extract(source, segment)) as frames:
            images.append([frame.data async for frame in frames])
    assert len(images[0]) == len(images[1])
    unlike = [number for number, (one, other) in enumerate(zip(*images, strict=True)) if one != other]
    assert unlike == [], [[made[number].hex() for made in images] for number in unlike[:1]]


async def test_an_mp4_is_probed_without_reading_its_media_data(engine: LibavEngine, long_clip: Path) -> None:
    source = RangedFile(long_clip)
    probed = await engine.probe(source)
    assert len(probed.timeline.pts) == 3600
    assert source.read_bytes < source.size_bytes * 0.25


async def test_the_last_second_is_extracted_without_reading_what_is_before_it(
    engine: LibavEngine, long_clip: Path
) -> None:
    last = ExtractionRequest("fps", Fraction(5), start_s=Fraction(119))
    segment = await segment_of(engine, long_clip, last)
    source = RangedFile(long_clip)
    async with contextlib.aclosing(engine.extract(source, segment)) as frames:
        made = [entry.frame async for frame in frames for entry in frame.entries]
    assert made == [3570, 3576, 3582, 3588, 3594]
    assert source.read_bytes < source.size_bytes * 0.25


async def test_a_killed_child_is_a_crash_and_leaves_nothing(engine: LibavEngine, long_clip: Path) -> None:
    segment = await segment_of(engine, long_clip)
    with pytest.raises(DecoderFailed) as failed:
        await images_of(engine, long_clip, segment, kill_children)
    assert failed.value.code == FailureCode.DECODER_CRASHED
    assert not children()


async def test_closing_early_ends_the_child(engine: LibavEngine, long_clip: Path) -> None:
    segment = await segment_of(engine, long_clip)
    frames = engine.extract(LocalFile(long_clip), segment)
    await anext(frames)
    (child,) = children()
    os.kill(child, signal.SIGSTOP)  # frozen, it never ends by itself
    async with asyncio.timeout(PATIENCE_S):
        await frames.aclose()
    assert not children()


async def test_a_cancelled_probe_leaves_no_child(engine: LibavEngine, long_clip: Path) -> None:
    probing = asyncio.create_task(engine.probe(LocalFile(long_clip)))
    await until(children)
    probing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probing
    assert not children()


async def test_a_child_that_is_out_of_time_is_ended(fork_server: ForkServer, make_clip: MakeClip) -> None:
    hasty = LibavEngine(LibavSettings(segment_timeout_s=0.01), fork_server)
    segment = await segment_of(hasty, make_clip("h264.mp4"))
    with pytest.raises(DecoderFailed) as failed:
        await images_of(hasty, make_clip("h264.mp4"), segment)
    assert failed.value.code == FailureCode.TIMEOUT


async def test_packets_without_times_are_not_for_libav(engine: LibavEngine, make_clip: MakeClip) -> None:
    with pytest.raises(Unsuited):
        await engine.probe(LocalFile(make_clip("without_pts.avi")))


async def test_without_ffmpeg_such_a_video_is_refused(engine: LibavEngine, make_clip: MakeClip) -> None:
    with pytest.raises(VideoRefused) as refused:
        await AutoEngine(engine, None).probe(LocalFile(make_clip("without_pts.avi")))
    assert refused.value.code == FailureCode.UNSUPPORTED_CODEC


async def test_where_libav_loses_a_frame_ffmpeg_judges(
    fork_server: ForkServer, engine: LibavEngine, make_clip: MakeClip, tmp_path: Path
) -> None:
    """The picture data of one packet are overwritten after the plan was made: both engines meet the damage there."""
    path = tmp_path / "damaged.mp4"
    path.write_bytes(make_clip("h264.mp4").read_bytes())
    segment = await segment_of(engine, path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)

    with pytest.raises(FramesLost):
        await images_of(engine, path, segment)
    auto = AutoEngine(engine, FfmpegEngine(FfmpegSettings(), fork_server))
    with pytest.raises(VideoRefused) as refused:
        await images_of(auto, path, segment)
    assert refused.value.code == FailureCode.DAMAGED


async def test_a_tag_that_is_no_unicode_hinders_nothing(
    engine: LibavEngine, make_clip: MakeClip, tmp_path: Path
) -> None:
    title = "Caf\u00e9".encode("latin-1") + b"\0"
    data = make_clip("mpeg4.avi").read_bytes()
    listed = b"LIST" + (4 + 8 + len(title) + 1).to_bytes(4, "little") + b"INFOINAM" + len(title).to_bytes(4, "little")
    path = tmp_path / "latin.avi"
    size = int.from_bytes(data[4:8], "little")
    tag = listed + title + (b"" if len(title) % 2 == 0 else b"\0")
    path.write_bytes(data[:4] + (size + len(tag)).to_bytes(4, "little") + data[8:12] + tag + data[12:])
    segment = await segment_of(engine, path)
    assert await images_of(engine, path, segment) == 90


@pytest.mark.parametrize(
    "asked",
    [[0, 1 << 40], [-1, 5], ["0", 5], [0], None, [0, 0]],
    ids=["huge", "negative", "text", "short", "nothing", "of no length"],
)
def test_a_question_for_bytes_has_measure(asked: object) -> None:
    assert not is_range(asked)


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '/etc/hostname'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
        "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
    ],
    ids=["playlist", "concat", "sdp", "dash"],
)
async def test_a_script_named_like_a_film_is_no_container(engine: LibavEngine, tmp_path: Path, text: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_text(text)
    with pytest.raises(VideoRefused) as refused:
        await engine.probe(LocalFile(path))
    assert refused.value.code == FailureCode.UNSUPPORTED_CONTAINER


def test_a_child_imports_nothing_that_reads_options_or_speaks_to_others() -> None:
    """Its start is part of every video's wait, and pydantic alone doubled it."""
    program = "import sys, fiapx_engine.libav.__main__; print(*{name.split('.')[0] for name in sys.modules})"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert not {"pydantic", "asyncio", "ffmpeg"} & {*told.stdout.split()}
