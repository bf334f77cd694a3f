"""How often a watcher hears of a video that only gets on: every so often, while all else is told at once."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from fiapx_models.statuses import VideoStatus

from upload_service.entities.changes import Change
from upload_service.entities.video import Video


class _Told(NamedTuple):
    video_id: UUID
    attempt: int
    at_s: float


class Pacing:
    """What one watcher is told, and when. Progress that comes too soon is held; of each video the newest is enough."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._told: dict[UUID, _Told] = {}
        self._held: dict[UUID, Change] = {}
        self._resume_seq = 0

    def admit(self, changes: Iterable[Change], now_s: float) -> list[Change]:
        """Those of the changes, and of those held, that are to be told now.

        Each comes with the seq from which a watcher that lost its way may go on: nothing up to it is held back.
        """
        recent = (told for told in self._told.values() if now_s - told.at_s < self._period_s)
        self._told = {told.video_id: told for told in recent}
        self._held.update((change.video.id, change) for change in changes)
        due = sorted(
            (change for change in self._held.values() if not self._too_soon(change.video)),
            key=lambda change: change.seq,
        )
        for change in due:
            del self._held[change.video.id]
            if change.video.status is VideoStatus.PROCESSING:
                self._told[change.video.id] = _Told(change.video.id, change.video.attempt, now_s)
        return [Change(self._resumable(change.seq), change.video) for change in due]

    def wait_s(self, now_s: float) -> float | None:
        """Until the next one that is held is due; None where none is held."""
        due = [self._told[video_id].at_s + self._period_s for video_id in self._held]
        return max(0.0, min(due) - now_s) if due else None

    def _too_soon(self, video: Video) -> bool:
        told = self._told.get(video.id)
        gets_on = video.status is VideoStatus.PROCESSING and video.deleted_at is None
        return gets_on and told is not None and told.attempt == video.attempt

    def _resumable(self, seq: int) -> int:
        self._resume_seq = max(self._resume_seq, seq)
        if self._held:
            self._resume_seq = min(self._resume_seq, min(change.seq for change in self._held.values()) - 1)
        return self._resume_seq
