"""The engine that the product runs: libav wherever it is sure of itself, the ffmpeg command line for the rest."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from fiapx_models.failures import FailureCode

from fiapx_engine.engine import EncodedFrame, Engine
from fiapx_engine.errors import DecoderFailed, DecoderGaveUp, FramesLost, VideoRefused
from fiapx_engine.frame_plan import Plan
from fiapx_engine.libav_engine import LibavEngine
from fiapx_engine.media import Source
from fiapx_engine.pictures import picture_of
from fiapx_engine.readings import Unsuited
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.segments import Picture, Segment
from fiapx_engine.source_bytes import SourceBytes

_log = logging.getLogger(__name__)
_LETTERS = 300
_MOST_HANDED = 50
"""So many groups of pictures of a segment go from libav to ffmpeg one by one; then all that is left goes at once."""


class AutoEngine:
    """Implements `Engine`. Which of the two makes a segment is decided by the plan, so retries give the same bytes.

    Without a `sure` one, what libav cannot do is refused.
    """

    def __init__(self, fast: LibavEngine, sure: Engine | None) -> None:
        self._fast = fast
        self._sure = sure

    async def probe(self, source: SourceBytes) -> Source:
        try:
            return await self._fast.probe(source)
        except (Unsuited, DecoderFailed) as why:
            if isinstance(why, DecoderFailed) and why.code is not FailureCode.DECODER_CRASHED:
                raise
            if self._sure is None and isinstance(why, Unsuited):
                raise VideoRefused(FailureCode.UNSUPPORTED_CODEC, str(why)) from why
            if self._sure is None:
                raise
            _log.info("libav cannot tell of this video, ffmpeg will: %r", str(why)[:_LETTERS])
            return await self._sure.probe(source)

    async def completed(self, source: SourceBytes, probed: Source, request: ExtractionRequest) -> ExtractionRequest:
        """By ffmpeg itself, since what it says depends on its version."""
        return await (self._sure or self._fast).completed(source, probed, request)

    async def plan(self, source: Source, request: ExtractionRequest) -> Plan:
        if source.engine == "libav" and not _needs_more_than_libav(picture_of(source.picture, request)[0]):
            return await self._fast.plan(source, request)
        if self._sure is None:
            raise VideoRefused(FailureCode.UNSUPPORTED_CODEC, "interlaced or HDR, which libav alone does not convert")
        return await self._sure.plan(source, request)

    async def extract(self, source: SourceBytes, segment: Segment) -> AsyncGenerator[EncodedFrame, None]:
        if segment.engine != "libav":
            async with aclosing(self._surely(source, segment)) as frames:
                async for frame in frames:
                    yield frame
            return
        left, handed = segment, 0
        while left.runs:
            done = 0
            try:
                async with aclosing(self._fast.extract(source, left)) as frames:
                    async for frame in frames:
                        yield frame
                        done += len(frame.entries)
            except FramesLost as error:
                if self._sure is None:
                    raise VideoRefused(error.code, error.detail) from error
                _log.warning("libav lost frames of a segment, ffmpeg makes them, from frame %d: %s", done, error.detail)
                left = left.without_first(done)
                gives_up = isinstance(error, DecoderGaveUp) or handed == _MOST_HANDED
                lost, left = (left, replace(left, runs=())) if gives_up else left.taken_apart()
                handed += 1
            else:
                return
            async with aclosing(self._surely(source, lost)) as frames:
                async for frame in frames:
                    yield frame

    async def _surely(self, source: SourceBytes, segment: Segment) -> AsyncGenerator[EncodedFrame, None]:
        if self._sure is None:
            raise VideoRefused(FailureCode.INTERNAL, "a segment for ffmpeg, which is switched off")
        async with aclosing(self._sure.extract(source, segment)) as frames:
            async for frame in frames:
                yield frame


def _needs_more_than_libav(picture: Picture) -> bool:
    """Deinterlacing needs a frame's neighbours; PyAV carries no filter for tone mapping (zscale)."""
    return picture.deinterlace or bool(picture.tone_map)
