"""A job that is not at its end, as operators see it: what it waits for, since when, and who is at it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from processing_service.entities.job import JobKey, JobState


@dataclass(frozen=True)
class LiveJob:
    """One job and its segments, summed up."""

    key: JobKey
    user_id: UUID
    state: JobState
    accepted_at: datetime
    moved_at: datetime
    """When something of it was last begun, made or finished."""
    segments: int
    """Planned; 0 while it is being planned."""
    done: int
    """Segments that are finished."""
    in_queue: int
    """Segments of which a message is on its way, or waits."""
    holders: tuple[str, ...]
    """Who has a lease of it: host, process id and a random word, joined by dashes."""
    lease_until: datetime | None
    """The first of these leases to run out unless it is renewed. Long ago: its holder is dead, and nobody took over."""
    charged: int
    lost: int
    """The worst piece's count of crashed decoders, and of workers that vanished (`entities.lease`)."""
