"""A job: one attempt to turn one video into an archive, its states and what may follow what."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from fiapx_models.media import Media, Warned


@dataclass(frozen=True, order=True)
class JobKey:
    """One attempt of one video; attempts count from 1."""

    video_id: UUID
    attempt: int


@dataclass(frozen=True)
class ResultKey:
    """What one holder of a job's lease writes: an archive, and the manifest beside it."""

    job: JobKey
    lease_attempt: int | None
    """The lease's fencing token; None: from the time when all holders wrote in one place."""


class JobState(StrEnum):
    """Where a job stands. None ever goes back."""

    PLANNING = "planning"
    RUNNING = "running"
    ASSEMBLING = "assembling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


LIVE = frozenset({JobState.PLANNING, JobState.RUNNING, JobState.ASSEMBLING})
"""Somebody still works, or will."""

WITHDRAWN = frozenset({JobState.CANCELLED, JobState.SUPERSEDED})
"""Nobody wants the result any more; nobody is told."""

_NEXT = {
    JobState.PLANNING: frozenset({JobState.RUNNING, JobState.COMPLETED, JobState.FAILED}) | WITHDRAWN,
    JobState.RUNNING: frozenset({JobState.ASSEMBLING, JobState.FAILED}) | WITHDRAWN,
    JobState.ASSEMBLING: frozenset({JobState.COMPLETED, JobState.FAILED}) | WITHDRAWN,
}


def states_before(state: JobState) -> frozenset[JobState]:
    """The states from which a job may come to `state`."""
    return frozenset(earlier for earlier, later in _NEXT.items() if state in later)


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    key: JobKey
    user_id: UUID
    filename: str
    source_key: str
    size_bytes: int
    options_json: str
    external_id: str | None
    metadata_json: str | None
    content_sha256: str | None = None
    """Of the source, as upload-service took it itself; None: nobody of us has read the whole file yet."""


@dataclass(frozen=True)
class Job:
    """A request, and what became of it so far."""

    request: Request
    state: JobState
    media: Media | None = None
    """Known from RUNNING on, as what follows."""
    time_base: str = ""
    """Seconds of one tick, as a ratio: "1/12800"."""
    creation_time: str | None = None
    timecode: str | None = None
    picture: Mapping[str, Any] | None = None
    """JSON: what is done to each frame."""
    frames_expected: int = 0
    warnings: tuple[Warned, ...] = field(default=())
    has_expired: bool = False
    """What came of it is no longer kept."""
    result_attempt: int | None = None
    """Of the lease under which its archive was made."""

    def for_strangers(self) -> Self:
        """Without what its owner has said for themselves."""
        return replace(self, request=replace(self.request, external_id=None, metadata_json=None))

    @property
    def key(self) -> JobKey:
        return self.request.key

    @property
    def result_key(self) -> ResultKey:
        """Where its archive lies, once it `has_result`."""
        return ResultKey(self.key, self.result_attempt)

    @property
    def has_result(self) -> bool:
        """Its archive may be read."""
        return self.state is JobState.COMPLETED and not self.has_expired

    @property
    def has_early_frames(self) -> bool:
        """Frames of its finished segments may be read from their parts."""
        return self.state in {JobState.RUNNING, JobState.ASSEMBLING}


@dataclass(frozen=True)
class EndedJob:
    """A job that nobody works on any more."""

    key: JobKey
    state: JobState
    has_expired: bool
    result_attempt: int | None = None

    @property
    def result_key(self) -> ResultKey:
        return ResultKey(self.key, self.result_attempt)

    @property
    def keeps_result(self) -> bool:
        """Only its parts may go, and what others wrote beside its result."""
        return self.state is JobState.COMPLETED and not self.has_expired


@dataclass(frozen=True)
class Attempts:
    """What a video's events have said so far, in whatever order they came."""

    newest: int
    """The newest attempt that was asked for; 0: none."""
    cancelled_through: int
    """Attempts up to this one are cancelled."""
    deleted: bool
    """The video is gone; nothing of it may begin any more."""

    def refusal_of(self, attempt: int) -> str | None:
        """Why this attempt must not begin, if so."""
        if self.deleted:
            return "the video is deleted"
        if attempt <= self.cancelled_through:
            return "cancelled before it began"
        if attempt < self.newest:
            return "a newer attempt has begun"
        if attempt == self.newest:
            return "has begun before"
        return None


@dataclass(frozen=True)
class Progress:
    """How far a running job is."""

    work_share: float
    """Work done ÷ work planned, from 0 to 1."""
    frames_done: int
    """Made; those of unfinished segments may be lost again with their worker."""
    frames_ready: int
    """Made by finished segments: they may be read, and stay."""
