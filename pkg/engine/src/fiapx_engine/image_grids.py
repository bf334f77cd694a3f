"""Many images as one JPEG: small, side by side in columns and rows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import ffmpeg

from fiapx_engine.child import ProcessLimits
from fiapx_engine.image_child import GLOBAL_ARGUMENTS, QSCALE, image_made
from fiapx_engine.image_formats import ImageFormat


@dataclass(frozen=True, slots=True)
class ImageGrid:
    """How images become one; sizes in pixels and even, `format` the originals'.

    Each image fits inside its cell, keeps its shape and stands in the middle. `gap` lies between cells and around them.
    """

    format: ImageFormat
    columns: int
    rows: int
    cell_width: int
    cell_height: int
    gap: int


async def image_grid(program: str, images: AsyncIterator[bytes], wanted: ImageGrid, limits: ProcessLimits) -> bytes:
    """The JPEG's bytes; `images` are whole files one after another, cells without one stay black.

    Costs about 0.07 s of CPU for each in full HD, and never holds more than one of them.

    Raises:
        DecoderFailed: one of them is no such image, or it took more than its limits; what `images` raises, unchanged.
    """
    return await image_made(image_grid_argv(program, wanted), images, limits)


def image_grid_argv(program: str, wanted: ImageGrid) -> list[str]:
    """Reads the images from stdin, writes a JPEG to stdout.

    A broken image ends it (`-xerror`): left out, it would move all those behind it into other cells. The filters are
    not made anew where images differ in size (`-reinit_filter 0`), which would forget the cells that are filled.
    """
    cell = f"{wanted.cell_width}:{wanted.cell_height}"
    filters = (
        f"scale={cell}:force_original_aspect_ratio=decrease:flags=area",
        "format=yuvj420p",
        f"pad={cell}:-1:-1:eval=frame",
        "setsar=1",
        f"tile={wanted.columns}x{wanted.rows}:margin={wanted.gap}:padding={wanted.gap}",
    )
    read = ffmpeg.input("pipe:0", format=wanted.format.demuxer, protocol_whitelist="pipe", threads=1, reinit_filter=0)
    written = read.output(
        "pipe:1",
        format="image2pipe",
        vcodec="mjpeg",
        vf=",".join(filters),
        threads=1,
        **{"frames:v": 1, "q:v": QSCALE},
    )
    arguments: list[str] = written.global_args(*GLOBAL_ARGUMENTS, "-xerror", "-filter_threads", "1").compile(
        cmd=program
    )
    return arguments
