"""Runs over damaged stretches: what still comes out is kept, and from when to when it may be wrong is told."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from fiapx_engine.decoder_log import SeenFrame
from fiapx_engine.plan_warnings import PlanWarning, WarningCode, warning
from fiapx_engine.segments import Entry, Run

Damaged = tuple[float, float]
"""Seconds from the first frame: since when frames may be missing or wrong, and when they are right again."""

_STRETCHES_TOLD = 50
_REORDERED = 3
"""So many frames may be shown before one that they are decoded after, as encoders usually have it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An image that will come out; without entries it is not wanted, since it is broken or a double."""

    entries: tuple[Entry, ...]


class SalvageWatch:
    """Follows a run frame by frame, and never gives up.

    A stretch is damaged from a few frames before one that is broken or was lost (those may be decoded after it) to the
    frame after the next keyframe: what lies between may show the remains. What decodes there without complaint is kept.
    """

    def __init__(self, run: Run, time_base: Fraction) -> None:
        first = run.entries[0]
        self._run = run
        self._time_base = time_base
        self._zero = first.time_s - float(first.pts * time_base)
        self._wanted = deque(run.wanted())
        self._selected = {self._key(entries[0]) for entries in self._wanted}
        # what the frame's number should be; after damage that was noticed it is taken from the next wanted frame
        self._number = 0 if run.by_number or run.seek_us is None else run.start_frame
        self._recent = deque([run.start_pts], maxlen=_REORDERED)
        self._recovering = False
        self._since: int | None = None
        self._suspected = False
        self.damaged: list[Damaged] = []

    def see(self, frame: SeenFrame) -> Arrival | None:
        """What becomes of the frame, where the decoder was told to give it out."""
        if frame.pts is None or (not self._run.by_number and frame.pts < self._run.start_pts):
            return None
        number, self._number = self._number, self._number + 1
        key = number if self._run.by_number else frame.pts
        if key > self._key(self._run.entries[-1]):
            return None  # how many of these are seen is chance
        self._give_up_before(key)
        arrival = self._arrival(key, number, frame)
        if frame.broken:
            self._begin(frame.pts)
        elif self._recovering:
            self._end(frame.pts)
        elif frame.keyframe:
            self._recovering = self._since is not None
        self._recent.append(frame.pts)
        return arrival

    def _arrival(self, key: int, number: int, frame: SeenFrame) -> Arrival | None:
        if key not in self._selected:
            return None
        if not self._wanted or self._key(self._wanted[0][0]) != key:
            return Arrival(())
        entries = self._wanted.popleft()
        if number != entries[0].frame and not self._suspected:
            self._begin(self._recent[-1])
        self._number, self._suspected = entries[0].frame + 1, self._since is not None
        return Arrival(() if frame.broken else entries)

    def finish(self) -> None:
        """After the last frame: what did not come is lost."""
        last = self._run.entries[-1].pts
        if self._wanted:
            self._begin(self._wanted[0][0].pts)
        self._end(max(last, self._recent[-1]))

    def _key(self, entry: Entry) -> int:
        return entry.frame if self._run.by_number else entry.pts

    def _give_up_before(self, key: int) -> None:
        while self._wanted and self._key(self._wanted[0][0]) < key:
            self._begin(self._wanted.popleft()[0].pts)

    def _begin(self, pts: int) -> None:
        early = min(pts, self._recent[0])
        self._since = early if self._since is None else min(early, self._since)
        self._suspected, self._recovering = True, False

    def _end(self, pts: int) -> None:
        if self._since is not None and pts >= self._since:
            self.damaged.append((self._seconds(self._since), self._seconds(pts)))
            self._since, self._recovering = None, False

    def _seconds(self, pts: int) -> float:
        return round(max(self._zero + float(pts * self._time_base), 0.0), 3)


def damage_warnings(damaged: Iterable[Damaged]) -> list[PlanWarning]:
    """One for each stretch, of very many the first."""
    stretches = merged(damaged)[:_STRETCHES_TOLD]
    return [warning(WarningCode.DAMAGED, start_s=start, end_s=end) for start, end in stretches]


def merged(stretches: Iterable[Damaged]) -> list[Damaged]:
    """In the order of time, those that touch made one."""
    whole: list[Damaged] = []
    for start, end in sorted(stretches):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole
