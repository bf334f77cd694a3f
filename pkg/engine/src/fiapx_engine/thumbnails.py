"""Small JPEG images of images."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import ffmpeg

from fiapx_engine.child import ProcessLimits
from fiapx_engine.image_child import GLOBAL_ARGUMENTS, QSCALE, image_made
from fiapx_engine.image_formats import ImageFormat


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
    return await image_made(thumbnail_argv(program, wanted), image, limits)


def thumbnail_argv(program: str, wanted: Thumbnail) -> list[str]:
    """Reads the image from stdin, writes a JPEG to stdout; one thread, since the work is short."""
    read = ffmpeg.input("pipe:0", format=wanted.format.demuxer, protocol_whitelist="pipe", threads=1)
    written = read.output(
        "pipe:1",
        format="image2pipe",
        vcodec="mjpeg",
        vf=f"scale={wanted.width}:{wanted.height}:flags=area,format=yuvj420p,setsar=1",
        threads=1,
        **{"frames:v": 1, "q:v": QSCALE},
    )
    arguments: list[str] = written.global_args(*GLOBAL_ARGUMENTS).compile(cmd=program)
    return arguments
