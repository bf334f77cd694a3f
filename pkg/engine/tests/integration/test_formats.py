"""JPEG and WebP: which frames come out, and that quality is what it says."""

from contextlib import aclosing
from fractions import Fraction

import pytest
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.image_formats import format_named
from fiapx_engine.libav_engine import LibavSettings
from fiapx_engine.opening import EngineChoice, opened_engine
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.source_bytes import LocalFile
from fiapx_testing.clips import Clips
from fiapx_testing.frame_counter import read_counter

ENGINES: tuple[EngineChoice, ...] = ("ffmpeg", "libav")


async def extracted(choice: EngineChoice, clips: Clips, image_format: str, quality: int) -> dict[str, bytes]:
    path = clips.counter(frames=60, fps=30).path
    request = ExtractionRequest(rule="fps", fps=Fraction(5), format=image_format, quality=quality)
    images: dict[str, bytes] = {}
    with ForkServer() as server:
        engine = await opened_engine(choice, FfmpegSettings(), LibavSettings(), server)
        plan = await engine.plan(await engine.probe(LocalFile(path)), request)
        for segment in plan.segments:
            async with aclosing(engine.extract(LocalFile(path), segment)) as frames:
                async for frame in frames:
                    images |= {entry.name: frame.data for entry in frame.entries}
    return images


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("image_format", "quality"), [("jpeg", 90), ("webp", 80)])
async def test_the_frames_asked_for_come_out_under_their_names(
    engine: EngineChoice, clips: Clips, image_format: str, quality: int
) -> None:
    images = await extracted(engine, clips, image_format, quality)
    assert [read_counter(data) for data in images.values()] == list(range(0, 60, 6))
    assert all(name.endswith(format_named(image_format).suffix) for name in images)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("image_format", ["jpeg", "webp"])
async def test_less_quality_makes_smaller_images_of_the_same_frames(
    engine: EngineChoice, clips: Clips, image_format: str
) -> None:
    good, poor = await extracted(engine, clips, image_format, 95), await extracted(engine, clips, image_format, 30)
    assert list(good) == list(poor)
    assert sum(map(len, poor.values())) < sum(map(len, good.values()))
