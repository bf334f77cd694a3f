"""Images of images: ffmpeg as a confined child that gets the bytes through a pipe and sees no file."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from fiapx_models.failures import FailureCode

from fiapx_engine.child import ProcessLimits, running
from fiapx_engine.decoder_log import FrameLog
from fiapx_engine.errors import DecoderFailed

QSCALE: Final = 4
"""On ffmpeg's scale from 1 (best) to 31: about what others call a quality of 85."""
GLOBAL_ARGUMENTS: Final = ("-hide_banner", "-loglevel", "level+error", "-nostats", "-nostdin")
_OUTPUT_BYTES: Final = 16 * 1024 * 1024


async def image_made(arguments: Sequence[str], data: AsyncIterator[bytes], limits: ProcessLimits) -> bytes:
    """What the command writes to stdout when it is fed `data`, which is never held whole.

    Raises:
        DecoderFailed: it made nothing of it, or took more than its limits; what `data` raises, unchanged.
    """
    log, made = FrameLog(), bytearray()
    async with running(arguments, limits, log.read, fed=True) as child:
        feeding = asyncio.create_task(child.feed(data))
        try:
            while piece := await child.read():
                made += piece
                if len(made) > _OUTPUT_BYTES:
                    raise DecoderFailed(FailureCode.DECODER_CRASHED, "endless output")
            await feeding
            code = await child.exit_code()
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
    if code or not made:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, f"no image, exit code {code}: {log.summary()}")
    return bytes(made)
