"""What goes wrong around the ffmpeg command line, and is no fault of the video."""

import contextlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.errors import DecoderFailed, DecoderUnavailable
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.source_bytes import LocalFile
from fiapx_models.failures import FailureCode

MakeClip = Callable[[str], Path]


async def test_a_decoder_that_takes_too_long_is_a_timeout(
    fork_server: ForkServer, make_clip: MakeClip, bench: Any
) -> None:
    path = make_clip("h264.mp4")
    source = await bench.engine.probe(LocalFile(path))
    plan = await bench.engine.plan(source, ExtractionRequest("fps", Fraction(30)))
    impatient = FfmpegEngine(FfmpegSettings(segment_timeout_s=0.001), fork_server)

    with pytest.raises(DecoderFailed) as failed:
        async with contextlib.aclosing(impatient.extract(LocalFile(path), plan.segments[0])) as frames:
            assert [frame async for frame in frames]

    assert failed.value.code is FailureCode.TIMEOUT


async def test_a_decoder_without_memory_is_no_fault_of_the_video(
    fork_server: ForkServer, make_clip: MakeClip, bench: Any
) -> None:
    path = make_clip("h264.mp4")
    source = await bench.engine.probe(LocalFile(path))
    plan = await bench.engine.plan(source, ExtractionRequest("fps", Fraction(30)))
    starved = FfmpegEngine(FfmpegSettings(memory_bytes=200_000_000, memory_bytes_per_pixel=0), fork_server)

    with pytest.raises(DecoderFailed):
        async with contextlib.aclosing(starved.extract(LocalFile(path), plan.segments[0])) as frames:
            assert [frame async for frame in frames]


async def test_a_source_that_is_gone_is_no_damage(fork_server: ForkServer, make_clip: MakeClip, tmp_path: Path) -> None:
    engine = FfmpegEngine(FfmpegSettings(), fork_server)
    source = await engine.probe(LocalFile(make_clip("h264.mp4")))
    plan = await engine.plan(source, ExtractionRequest("fps", Fraction(1)))

    with pytest.raises(DecoderFailed) as failed:
        async with contextlib.aclosing(engine.extract(LocalFile(tmp_path / "gone"), plan.segments[0])) as frames:
            assert [frame async for frame in frames]

    assert failed.value.code is FailureCode.DECODER_CRASHED


async def test_without_ffmpeg_there_is_no_engine(fork_server: ForkServer) -> None:
    with pytest.raises(DecoderUnavailable, match="not installed"):
        await FfmpegEngine(FfmpegSettings(ffmpeg="no-such-program"), fork_server).check()
