"""What the services need from the database. Everything happens in one transaction, the unit of work's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import UUID

from fiapx_engine.frame_rows import FrameRow
from fiapx_models.media import Failure, Media, Warned

from processing_service.entities.archive import StoredPart
from processing_service.entities.job import Attempts, Job, JobKey, JobState, Progress, Request, ResultKey
from processing_service.entities.lease import Lease, NotTaken, Tally
from processing_service.entities.segment import PlannedSegment, SegmentKey, TakenSegment


@dataclass(frozen=True)
class PlannedJob:
    """What the source is, and what is to be extracted from it."""

    media: Media
    time_base: str
    """Seconds of one tick, as a ratio: "1/12800"."""
    creation_time: str | None
    """As the source's container says it."""
    timecode: str | None
    """The first frame's, where the source has one."""
    picture: Mapping[str, Any]
    """JSON: what will be done to each frame."""
    frames: int
    segments: tuple[PlannedSegment, ...]
    warnings: tuple[Warned, ...]
    made_by: str
    """The engine's fingerprint."""


@dataclass(frozen=True)
class WrittenPart:
    """What a segment gave: its part object, whole in the store, and what lies in it."""

    stored: StoredPart
    rows: tuple[FrameRow, ...]
    damaged: tuple[tuple[float, float], ...] = ()
    """Stretches of the video (seconds from and to) where frames may be missing or wrong."""


@dataclass(frozen=True)
class TakenJob:
    """A job under our lease, in the state in which it was taken."""

    job: Job
    lease: Lease
    tally: Tally


@dataclass(frozen=True)
class Result:
    """A finished archive."""

    key: ResultKey
    frame_count: int
    archive_bytes: int
    warnings: tuple[Warned, ...] = ()
    """The job's, with what only its segments found out."""


class Message(Protocol):
    """An event or a task."""

    TYPE: ClassVar[str]

    def subject(self) -> str:
        """What it is about."""
        ...

    def model_dump_json(self) -> str:
        """Its JSON."""
        ...


class Outbox(Protocol):
    """Messages that leave when, and only if, the transaction is committed."""

    async def add(self, event: Message) -> UUID:
        """An event for whoever is interested."""
        ...

    async def add_task(self, queue: str, task: Message) -> UUID:
        """Work for one queue."""
        ...


class Inbox(Protocol):
    """What was handled before."""

    async def first_time(self, message_id: str, consumer: str) -> bool:
        """False: its effect is committed already."""
        ...


class Videos(Protocol):
    """One row per video: what its events have said, also before and after there is a job."""

    async def lock(self, video_id: UUID) -> Attempts:
        """Until the transaction's end nobody else begins, cancels or deletes this video."""
        ...

    async def begin(self, key: JobKey) -> None:
        """This attempt is the newest."""
        ...

    async def cancel(self, key: JobKey) -> None:
        """Attempts up to this one are not wanted."""
        ...

    async def delete(self, video_id: UUID) -> None:
        """Nothing of it is wanted any more."""
        ...

    async def deleted_unswept(self, after_s: float, limit: int) -> list[UUID]:
        """Videos deleted at least `after_s` ago of which something may still be in the store."""
        ...

    async def swept(self, video_id: UUID) -> None:
        """Nothing of it is left: forgets its jobs, keeps that it is deleted."""
        ...


class Jobs(Protocol):
    """One row per attempt. What is done under a lease is done only if the lease still holds, and says so."""

    async def add(self, request: Request) -> None:
        """A job in PLANNING."""
        ...

    async def get(self, key: JobKey) -> Job | None:
        """Without locking."""
        ...

    async def newest(self, video_id: UUID) -> Job | None:
        """The latest attempt."""
        ...

    async def lock(self, key: JobKey) -> None:
        """Locks the row until the transaction's end. Whoever locks a segment too locks its job first."""
        ...

    async def withdraw(self, video_id: UUID, through_attempt: int, state: JobState) -> None:
        """Ends the live jobs up to this attempt."""
        ...

    async def take(
        self, key: JobKey, state: JobState, holder: str, lease_s: float, *, redelivered: bool
    ) -> TakenJob | NotTaken:
        """Takes the lease of a job in this state in one statement, counting a lost holder."""
        ...

    async def renew(self, taken: TakenJob, lease_s: float) -> bool:
        """False: the lease is another's, or the job in another state."""
        ...

    async def is_held(self, taken: TakenJob) -> bool:
        """Whether the lease is still ours; locks the row."""
        ...

    async def hand_back(self, taken: TakenJob, *, charged: bool) -> Tally | None:
        """Gives the lease up; None where it was lost."""
        ...

    async def start(self, taken: TakenJob, plan: PlannedJob) -> bool:
        """PLANNING to RUNNING, with its segments."""
        ...

    async def begin_assembly(self, key: JobKey) -> bool:
        """RUNNING to ASSEMBLING, where every segment is done."""
        ...

    async def complete(self, taken: TakenJob, result: Result) -> bool:
        """ASSEMBLING to COMPLETED: the pointer to the archive."""
        ...

    async def fail(self, key: JobKey, failure: Failure) -> bool:
        """From any live state to FAILED."""
        ...

    async def progressed(self, key: JobKey, at_most_every_s: float) -> Progress | None:
        """How far it is, never less than before; None where that is no news, or was told a moment ago."""
        ...

    async def stuck(self, state: JobState, waiting_s: float, expired_s: float, limit: int) -> list[JobKey]:
        """Jobs in this state that nobody seems to have a message for; notes that they are helped now."""
        ...


class Segments(Protocol):
    """A job's segments. What is done under a lease is done only if the lease still holds, and says so."""

    async def release(self, job: JobKey, window: int) -> list[SegmentKey]:
        """Releases the next ones until `window` of them are released or running."""
        ...

    async def take(self, key: SegmentKey, holder: str, lease_s: float, *, redelivered: bool) -> TakenSegment | NotTaken:
        """Takes the lease in one statement, counting a lost holder."""
        ...

    async def renew(self, taken: TakenSegment, frames_done: int, lease_s: float) -> bool:
        """False: the lease is another's, or the job does not run any more."""
        ...

    async def is_held(self, taken: TakenSegment) -> bool:
        """Whether the lease is still ours; locks the row."""
        ...

    async def hand_back(self, taken: TakenSegment, *, charged: bool) -> Tally | None:
        """Gives the lease up; None where it was lost."""
        ...

    async def finish(self, taken: TakenSegment, part: WrittenPart) -> bool:
        """DONE, with its frames' rows; False, and nothing changed, where the lease was lost."""
        ...

    async def parts(self, job: JobKey) -> list[WrittenPart]:
        """What the segments gave, in order."""
        ...

    async def is_done(self, job: JobKey, index: int) -> bool | None:
        """Whether the segment that makes the frame of this index (from 1) is DONE; None: none is planned to make it."""
        ...

    async def keep(self, job: JobKey, parts: Sequence[WrittenPart]) -> None:
        """Of what `parts` gave only this, as it lies in the archive; other frames are forgotten."""
        ...

    async def stuck(self, waiting_s: float, expired_s: float, limit: int) -> list[SegmentKey]:
        """Segments of running jobs that nobody seems to have a message for; notes that they are helped now."""
        ...
