"""The engine behind the service's port, its errors told in our words.

Needs `ffmpeg`, `ffprobe`, `prlimit` and `setpriv` on PATH. Writes nothing; its children die with this process.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, nullcontext
from dataclasses import asdict
from typing import Final

from fiapx_engine.engine import EncodedFrame, Engine
from fiapx_engine.errors import DecoderFailed, DecoderUnavailable, VideoRefused
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fingerprint import fingerprint
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav_engine import LibavSettings
from fiapx_engine.opening import EngineChoice, opened_engine
from fiapx_engine.pictures import done
from fiapx_engine.requests import request_of
from fiapx_engine.segments import Segment
from fiapx_engine.source_bytes import SourceBytes
from fiapx_models.failures import FailureCode
from fiapx_models.media import Media, Warned
from fiapx_models.options import Options, read_options

from processing_service.entities.errors import DecoderBroke, DecoderMissing, VideoCannotBeProcessed
from processing_service.entities.segment import PlannedSegment
from processing_service.repositories.child_spans import child_span
from processing_service.services.row_ports import PlannedJob

_LANGUAGE: Final = "en"


class DecoderChild:
    """Opens the engine when it is first needed, so that a process without ffmpeg starts and says that it is unready."""

    def __init__(self, choice: EngineChoice, ffmpeg: FfmpegSettings, libav: LibavSettings) -> None:
        self._choice = choice
        self._ffmpeg = ffmpeg
        self._libav = libav
        self._opening = asyncio.Lock()
        self._engine: Engine | None = None
        self._fingerprint: str | None = None
        self._server = ForkServer()

    async def close(self) -> None:
        """Ends the fork server, and what is left of its children."""
        await asyncio.to_thread(self._server.close)

    async def check(self) -> None:
        """Raises DecoderMissing."""
        await self._opened()
        if self._choice != "libav" and shutil.which(self._ffmpeg.ffmpeg) is None:
            raise DecoderMissing(f"{self._ffmpeg.ffmpeg} is gone")

    async def plan(self, source: SourceBytes, options_json: str) -> PlannedJob:
        engine = await self._opened()
        options = _options(options_json)
        with errors_told():
            with child_span("engine.probe", {"fiapx.engine": self._choice}):
                probed = await engine.probe(source)
            request = request_of(options)
            decodes = child_span("engine.scenes", {"fiapx.engine": self._choice})
            with decodes if request.rule == "scenes" else nullcontext():
                request = await engine.completed(source, probed, request)
            plan = await engine.plan(probed, request)
        base = probed.timeline.time_base
        segments = tuple(
            PlannedSegment(part.number, part.entry_count, part.work_s, part.as_json()) for part in plan.segments
        )
        return PlannedJob(
            media=Media(**asdict(probed.media)),
            time_base=f"{base.numerator}/{base.denominator}",
            creation_time=probed.creation_time,
            timecode=probed.timecode,
            picture=done(plan.picture),
            frames=plan.entry_count,
            segments=segments,
            warnings=tuple(Warned(code=told.code.value, message=told.message[_LANGUAGE]) for told in plan.warnings),
            made_by=await self.fingerprint(),
        )

    async def fingerprint(self) -> str:
        if self._fingerprint is None:
            self._fingerprint = await asyncio.to_thread(fingerprint, self._choice, self._ffmpeg.ffmpeg)
        return self._fingerprint

    def times_s(self, segment: PlannedSegment) -> list[float]:
        return [entry.time_s for entry in Segment.from_json(dict(segment.spec)).entries]

    async def extract(self, source: SourceBytes, segment: PlannedSegment) -> AsyncGenerator[EncodedFrame, None]:
        engine = await self._opened()
        part = Segment.from_json(dict(segment.spec))
        with errors_told(), child_span("engine.extract", {"fiapx.engine": part.engine}) as span:
            span.set_attributes({"fiapx.segment": segment.number, "fiapx.frames_wanted": segment.frames})
            async with aclosing(engine.extract(source, part)) as frames:
                async for frame in frames:
                    yield frame

    async def _opened(self) -> Engine:
        async with self._opening:
            if self._engine is None:
                with errors_told():
                    self._engine = await opened_engine(
                        self._choice, self._ffmpeg, self._libav, self._server, checked=True
                    )
            return self._engine


@contextmanager
def errors_told() -> Iterator[None]:
    """The engine's errors in our words."""
    try:
        yield
    except VideoRefused as error:
        raise VideoCannotBeProcessed(FailureCode(error.code.value), error.detail) from error
    except DecoderUnavailable as error:
        raise DecoderMissing(error.detail) from error
    except DecoderFailed as error:
        raise DecoderBroke(FailureCode(error.code.value), error.detail) from error


def _options(text: str) -> Options:
    try:
        return read_options(text)
    except ValueError as error:
        # upload-service has checked them: only versions of it and of us that do not fit together come here
        raise VideoCannotBeProcessed(FailureCode.INTERNAL, "the options are not understood") from error
