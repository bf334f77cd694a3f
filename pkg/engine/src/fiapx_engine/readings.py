"""What probing needs to know of a file, whoever reads it: the ffmpeg programs, or libav in a child."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol

from fiapx_engine.decoder_log import DemuxerLog, SeenFrame
from fiapx_engine.media import VideoStream
from fiapx_engine.segments import EngineName
from fiapx_engine.timeline import Packet


class Unsuited(Exception):
    """This reader cannot tell, another may. Nobody outside the engine hears of it."""


class Unreadable(Exception):
    """No container that is read, or a broken one; says what the demuxer said."""


class Readings(Protocol):
    """One file. All raise DecoderFailed, and Unsuited where they cannot tell."""

    @property
    def engine(self) -> EngineName: ...

    @property
    def sequential_ns(self) -> int:
        """Streams whose whole decoding costs less are decoded from the beginning, since starting anew costs more."""
        ...

    @property
    def reckons_as_ffmpeg(self) -> bool:
        """Whether the durations that its demuxer reckons are those of the ffmpeg command line at hand."""
        ...

    @property
    def lost_in(self) -> frozenset[str]:
        """Containers, as ffprobe calls them, in which a seek does not lead to a keyframe's packet."""
        ...

    @property
    def decodes_whole(self) -> bool:
        """Whether `watched` may be asked to tell what a stream's packets do not."""
        ...

    async def headers(self) -> dict[str, Any]:
        """Streams and container as ffprobe's JSON has them. Raises Unreadable."""
        ...

    async def packets(self, stream: VideoStream, most: int) -> tuple[Sequence[Packet], DemuxerLog]:
        """All packets in decode order, one more than `most` at most, and what the demuxer says of them."""
        ...

    def watched(self, stream: VideoStream, seek_us: int | None) -> AsyncGenerator[SeenFrame, None]:
        """Each frame that the decoder gives from a keyframe or the beginning on. Close it to stop."""
        ...
