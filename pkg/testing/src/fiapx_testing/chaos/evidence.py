"""What is found when all is quiet: rows, objects, queues and mails, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A row of upload-service's `videos`."""

    status: str
    attempt: int
    size_bytes: int
    frame_count: int | None
    archive_key: str | None
    deleted: bool
    source_removed: bool
    reused: bool
    """Its result is a copy of one that was kept."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A row of processing-service's `jobs`."""

    state: str
    swept: bool


@dataclass(frozen=True, slots=True)
class ArchiveFound:
    """What a finished archive was found to be."""

    intact: bool
    """`testzip()` found nothing, every image decodes, each sha256 is the one recorded."""
    entries: int
    frames: tuple[str, ...]
    """The sha256 of each image, in order."""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class MailFound:
    """One mail that the SMTP server took."""

    recipient: str
    video_id: str
    attempt: int
    kind: str
    message_id: str


@dataclass(frozen=True)
class Evidence:
    """Of one run; videos by their id."""

    videos: Mapping[str, VideoRow]
    jobs: Mapping[tuple[str, int], JobRow]
    states: Mapping[str, tuple[tuple[int, str], ...]]
    """Of each video: attempt and status at each change, as recorded in `video_events`."""
    archives: Mapping[str, ArchiveFound]
    mails: tuple[MailFound, ...]
    objects: tuple[str, ...]
    """Keys in the store."""
    open_uploads: tuple[str, ...]
    """Keys of multipart uploads that are neither finished nor aborted."""
    scratch: tuple[str, ...]
    """Files below the workers' scratch folder."""
    outbox: Mapping[str, int]
    """Rows that wait, by database."""
    queued: Mapping[str, int]
    """Messages by queue, dead letters apart."""
    dead: Mapping[str, int]
    """Dead letters by queue."""
    usage: Mapping[str, tuple[int, int]]
    """By user id: bytes of files and archives as upload-service counts them, and as they lie in the store."""


NOTHING: Final = Evidence(
    videos={},
    jobs={},
    states={},
    archives={},
    mails=(),
    objects=(),
    open_uploads=(),
    scratch=(),
    outbox={},
    queued={},
    dead={},
    usage={},
)
"""Before anybody has looked."""
