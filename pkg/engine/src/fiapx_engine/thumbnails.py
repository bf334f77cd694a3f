"""Small JPEG images of images: ffmpeg as a confined child that gets the bytes through a pipe and sees no file."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import ffmpeg
from fiapx_models.failures import FailureCode

from fiapx_engine.child import ProcessLimits, running
from fiapx_engine.decoder_log import FrameLog
from fiapx_engine.errors import DecoderFailed
from fiapx_engine.image_formats import ImageFormat

_QSCALE: Final = 4
"""On ffmpeg's scale from 1 (best) to 31: about what others call a quality of 85."""
_OUTPUT_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """What an image becomes; sizes in pixels, `format` the original's."""

    format: ImageFormat
    width: int
    height: int


async def thumbnail(program: str, image: AsyncIterator[bytes], wanted: Thumbnail, limits: ProcessLimits) -> bytes:
    """The thumbnail's bytes. Costs about 0.1 s of CPU for full HD, mostly ffmpeg's start; the original is not kept.

    Raises:
        DecoderFailed: the bytes are no such image, or it took more than its limits; what `image` raises, unchanged.
    """
    log, made = FrameLog(), bytearray()
    async with running(thumbnail_argv(program, wanted), limits, log.read, fed=True) as child:
        feeding = asyncio.create_task(child.feed(image))
        try:
            while data := await child.read():
                made += data
                if len(made) > _OUTPUT_BYTES:
                    raise DecoderFailed(FailureCode.DECODER_CRASHED, "endless output")
            await feeding
            code = await child.exit_code()
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
    if code or not made:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, f"no thumbnail, exit code {code}: {log.summary()}")
    return bytes(made)


def thumbnail_argv(program: str, wanted: Thumbnail) -> list[str]:
    """Reads the image from stdin, writes a JPEG to stdout; one thread, since the work is short."""
    read = ffmpeg.input("pipe:0", format=wanted.format.demuxer, protocol_whitelist="pipe", threads=1)
    written = read.output(
        "pipe:1",
        format="image2pipe",
        vcodec="mjpeg",
        vf=f"scale={wanted.width}:{wanted.height}:flags=area,format=yuvj420p,setsar=1",
        threads=1,
        **{"frames:v": 1, "q:v": _QSCALE},
    )
    arguments: list[str] = written.global_args(
        "-hide_banner", "-loglevel", "level+error", "-nostats", "-nostdin"
    ).compile(cmd=program)
    return arguments
