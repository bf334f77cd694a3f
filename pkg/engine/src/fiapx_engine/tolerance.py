"""Which frame may stand for an instant where some tolerance is granted: the one that costs least to decode."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction

from fiapx_engine.timeline import Timeline

_REORDERED = 32
"""Among so many frames in presentation order is the first in decode order: decoders hold back 16 at most."""


@dataclass(frozen=True, slots=True)
class StandIns:
    """Seconds from the first frame; only frames from `start_s` to before `stop_s` may stand in for others.

    `keyframes` are numbers of frames in presentation order.
    """

    timeline: Timeline
    tolerance_s: Fraction
    start_s: Fraction
    stop_s: Fraction
    keyframes: list[int]

    def at(self, time_s: Fraction) -> int:
        """The nearest keyframe within the tolerance, else the frame with the fewest packets from its keyframe.

        Of equals the earlier one, so that frames never go back where instants go on. The frame on screen where there
        is none within the tolerance.
        """
        within = self._within(time_s)
        first, stop = bisect_left(self.keyframes, within.start), bisect_left(self.keyframes, within.stop)
        if first < stop:
            # Of all within the tolerance, which may be a million, only the last before and the first after can be it.
            after = bisect_right(self.keyframes, self._on_screen(time_s), first, stop)
            neighbours = self.keyframes[max(after - 1, first) : min(after + 1, stop)]
            return min(neighbours, key=lambda frame: abs(self._time(frame) - time_s))
        if within:
            return min(within[:_REORDERED], key=self._cost)
        return self._on_screen(time_s)

    def _on_screen(self, time_s: Fraction) -> int:
        return self.timeline.shown_at(self.timeline.first + time_s // self.timeline.time_base)

    def _within(self, time_s: Fraction) -> range:
        earliest, latest = max(time_s - self.tolerance_s, self.start_s), time_s + self.tolerance_s
        first = bisect_left(self.timeline.pts, self._ceiling(earliest))
        stop = bisect_right(self.timeline.pts, self.timeline.first + latest // self.timeline.time_base)
        return range(first, max(min(stop, bisect_left(self.timeline.pts, self._ceiling(self.stop_s))), first))

    def _ceiling(self, time_s: Fraction) -> int:
        return self.timeline.first + -(-time_s // self.timeline.time_base)

    def _time(self, frame: int) -> Fraction:
        return (self.timeline.pts[frame] - self.timeline.first) * self.timeline.time_base

    def _cost(self, frame: int) -> int:
        start = self.timeline.start_packet(frame) if self.timeline.seekable else 0
        return self.timeline.packets[frame] - start
