"""What the services need from outside; `row_ports` has the parts of a unit of work."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from fiapx_engine.engine import EncodedFrame
from fiapx_engine.source_bytes import SourceBytes
from fiapx_engine.thumbnails import Thumbnail

from processing_service.entities.job import Job, JobKey, Request, ResultKey
from processing_service.entities.segment import PlannedSegment
from processing_service.services.frame_ports import Frames
from processing_service.services.leftover_ports import Leftovers
from processing_service.services.operator_ports import Audit, LiveJobs, Processes
from processing_service.services.reuse_ports import KeptResults
from processing_service.services.row_ports import (
    Inbox,
    Jobs,
    Outbox,
    PlannedJob,
    Result,
    Segments,
    Videos,
    WrittenPart,
)
from processing_service.services.turn_ports import Turns
from processing_service.services.workload_ports import Backlog, WorkloadRows


class UnitOfWork(Protocol):
    """One transaction: nothing stays unless `commit` is called."""

    @property
    def videos(self) -> Videos: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def leftovers(self) -> Leftovers: ...
    @property
    def segments(self) -> Segments: ...
    @property
    def turns(self) -> Turns: ...
    @property
    def frames(self) -> Frames: ...
    @property
    def kept_results(self) -> KeptResults: ...
    @property
    def workload(self) -> WorkloadRows: ...
    @property
    def live_jobs(self) -> LiveJobs: ...
    @property
    def processes(self) -> Processes: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def inbox(self) -> Inbox: ...

    async def commit(self) -> None:
        """Keeps everything, and sends the outbox on its way."""
        ...


class UnitsOfWork(Protocol):
    """Where transactions come from. Raises Unavailable."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Rolled back at the block's end, unless committed."""
        ...


class Sources(Protocol):
    """Videos in the store."""

    def open(self, request: Request) -> AbstractAsyncContextManager[SourceBytes]:
        """Its reads raise ScratchFull, VideoCannotBeProcessed (too large to copy), NotFound, Unavailable."""
        ...


class Decoder(Protocol):
    """The engine, in a child process. Raises VideoCannotBeProcessed, DecoderBroke, DecoderMissing."""

    async def plan(self, source: SourceBytes, options_json: str) -> PlannedJob:
        """Probes and plans: costs a look at all packets, and decodes a few."""
        ...

    async def fingerprint(self) -> str:
        """Which engine this is: the same one makes the same bytes."""
        ...

    def times_s(self, segment: PlannedSegment) -> list[float]:
        """When the segment's frames are shown, in the order of their index; in seconds from the video's first."""
        ...

    def extract(self, source: SourceBytes, segment: PlannedSegment) -> AsyncGenerator[EncodedFrame, None]:
        """Frames in the order of time, in bounded memory. Closing the generator kills the child."""
        ...


class Archives(Protocol):
    """Parts and results in the object store. Raises NotFound, Unavailable."""

    async def write_part(self, key: str, frames: AsyncGenerator[EncodedFrame, None]) -> WrittenPart:
        """Streams frames up as ZIP entries in constant memory; closes `frames`; leaves nothing when it fails."""
        ...

    async def join(self, key: ResultKey, job: Job, parts: Sequence[WrittenPart]) -> Result:
        """Joins what is kept of parts, manifest and central directory on the store, and the manifest beside them."""
        ...

    def read_manifest(self, key: ResultKey) -> AsyncGenerator[bytes, None]:
        """In chunks."""
        ...

    def read(self, key: ResultKey, start: int, length: int) -> AsyncGenerator[bytes, None]:
        """These bytes of the archive in chunks: one ranged read."""
        ...

    def read_part(self, key: str, start: int, length: int) -> AsyncGenerator[bytes, None]:
        """These bytes of a part in chunks: one ranged read."""
        ...

    async def remove_part(self, key: str) -> None:
        """One part object."""
        ...

    async def remove_parts(self, job: JobKey) -> None:
        """All parts of a job, and uploads of parts that were never ended."""
        ...

    async def remove_result(self, key: ResultKey) -> None:
        """One holder's archive and manifest, and uploads of them that were never ended."""
        ...

    async def remove_other_results(self, kept: ResultKey) -> None:
        """What other holders of its job's lease wrote."""
        ...

    async def remove_results(self, job: JobKey) -> None:
        """Archives, manifests and overviews of a job, and uploads of them that were never ended."""
        ...

    async def remove_video(self, video_id: UUID) -> None:
        """Everything that we keep of a video."""
        ...


class Thumbnails(Protocol):
    """Makes small images of images in child processes. Raises DecoderBroke, DecoderMissing."""

    async def make(self, image: AsyncGenerator[bytes, None], wanted: Thumbnail) -> bytes:
        """A JPEG: costs about 0.1 s of CPU, and waits for one of a few places. Never holds all of `image`."""
        ...


class Workers(Protocol):
    """Who takes segments."""

    async def alive(self) -> int:
        """How many now. Costs a question to the broker. Raises Unavailable."""
        ...


class Measures(Protocol):
    """What operators count."""

    def segment_ended(self, frames: int) -> None:
        """A segment is done."""
        ...

    def job_ended(self, how: str, video_s: float) -> None:
        """A job is completed or failed."""
        ...

    def took_over(self) -> None:
        """A lease of a lost worker was taken."""
        ...

    def retried(self, why: str) -> None:
        """Something is to be tried again."""
        ...

    def stage_took(self, stage: str, seconds: float) -> None:
        """A stage of a job ended well."""
        ...

    def backlog(self, now: Backlog) -> None:
        """What is to be done now."""
        ...
