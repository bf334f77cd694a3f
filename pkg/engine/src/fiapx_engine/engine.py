"""The port: what every engine does, whatever it decodes with."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from fiapx_engine.frame_plan import Plan
from fiapx_engine.media import Source
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.scores import Scores
from fiapx_engine.segments import Entry, Segment
from fiapx_engine.source_bytes import SourceBytes


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One image, and every entry of the archive that it is written to.

    `damaged` are stretches of the video (seconds from and to) that were found broken since the image before; where no
    image follows them, one without entries and data tells them. Only a segment that keeps what decodes has them.
    `scores` has who asked for them.
    """

    entries: tuple[Entry, ...]
    width: int
    height: int
    data: bytes
    damaged: tuple[tuple[float, float], ...] = ()
    scores: Scores | None = None


class Engine(Protocol):
    """Finds and makes frames of a video. Every call works in child processes and leaves none."""

    async def probe(self, source: SourceBytes) -> Source:
        """Learns of all packets (about 1 s per hour of video), decodes a few frames, rarely all.

        Raises:
            VideoRefused: empty, unsupported_container, unsupported_codec, no_video, no_frames, too_large, damaged.
            DecoderFailed: timeout, decoder_crashed.
        """
        ...

    async def completed(self, source: SourceBytes, probed: Source, request: ExtractionRequest) -> ExtractionRequest:
        """The request with what only ffmpeg can tell, where its rule asks for that: to plan.

        `scenes`: the numbers of the frames that they begin with; it decodes the whole range for that. `ffmpeg_fps`:
        when the last frame ends, where the probed timeline does not know. Cancel its task to kill the decoder at once.

        Raises:
            VideoRefused: internal, where there is none who finds scenes.
            DecoderFailed: timeout, decoder_crashed.
        """
        ...

    async def plan(self, source: Source, request: ExtractionRequest) -> Plan:
        """Computes in a thread, without a child.

        Raises:
            VideoRefused: too_many_frames, damaged.
        """
        ...

    def extract(self, source: SourceBytes, segment: Segment) -> AsyncGenerator[EncodedFrame, None]:
        """Decodes one segment and gives its images in time order, one in memory at a time.

        Close it (`contextlib.aclosing`) or cancel its task to kill the decoder at once.

        Raises:
            VideoRefused: damaged.
            DecoderFailed: timeout, decoder_crashed; images given before it are good.
        """
        ...
