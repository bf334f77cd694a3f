"""When each frame of a stream is shown, and which packets must be decoded to get it: integers in its time base."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Final, Literal

MICROSECONDS = 1_000_000
FROM_THE_START = -1
_TIMES_LONGER: Final = 4
_LONGEST_S: Final = Fraction(1, 4)
"""What a demuxer reckons as a picture's duration: at most so many times any that is told or seen, or so long."""

SeekBy = Literal["pts", "dts"]
Durations = Literal["told", "reckoned", "doubtful"]
"""Packets' durations: told by the container; reckoned by the demuxer, each of its releases in its own way; `doubtful`,
not even by the release that the ffmpeg at hand has."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as the demuxer gives it; `discarded` ones are decoded and not shown (edit lists)."""

    pts: int | None
    dts: int | None
    duration: int
    position: int | None
    keyframe: bool
    discarded: bool


@dataclass(frozen=True, slots=True)
class Keyframe:
    """Where decoding can begin: its place in decode order, its times, and its number among the shown frames."""

    packet: int
    pts: int
    dts: int | None
    frame: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The shown frames in presentation order, each with its packet and the keyframe that its decoding begins at.

    `starts[n]` is an index into `keyframes`, or FROM_THE_START where none comes before. `damaged` lists packets known
    to be broken or missing, in decode order. `end` is when the last frame stops being shown, `told_end` the same for
    who takes a missing duration as none (ffmpeg; None: only ffmpeg itself can tell, and never later than `latest_end`),
    `file_start` the file's own zero
    (an earlier audio track may set it), all in ticks of `time_base` seconds. Frames of a stream that is not `seekable`
    come out right only by decoding from its beginning, or it is so short that nobody tried (`untried`); where they are
    `numbered`, the decoder's own times do not tell them apart. `interlaced`: such frames were seen.
    """

    time_base: Fraction
    pts: Sequence[int]
    packets: Sequence[int]
    starts: Sequence[int]
    keyframes: tuple[Keyframe, ...]
    damaged: tuple[int, ...]
    end: int
    told_end: int | None
    latest_end: int
    file_start: int
    seekable: bool = True
    untried: bool = False
    numbered: bool = False
    interlaced: bool = False

    @property
    def first(self) -> int:
        return self.pts[0]

    @property
    def duration_s(self) -> Fraction:
        return (self.end - self.first) * self.time_base

    def is_keyframe(self, frame: int) -> bool:
        start = self.starts[frame]
        return start != FROM_THE_START and self.keyframes[start].packet == self.packets[frame]

    def keyframe_numbers(self) -> list[int]:
        """The frames that are keyframes, in presentation order."""
        frames = {keyframe.frame for keyframe in self.keyframes if 0 <= keyframe.frame < len(self.pts)}
        return sorted(frame for frame in frames if self.is_keyframe(frame))

    def start_packet(self, frame: int) -> int:
        start = self.starts[frame]
        return 0 if start == FROM_THE_START else self.keyframes[start].packet

    def is_damaged(self, frame: int) -> bool:
        """Whether a broken packet lies among those that must be decoded to get this frame."""
        found = bisect_left(self.damaged, self.start_packet(frame))
        return found < len(self.damaged) and self.damaged[found] <= self.packets[frame]

    def shown_at(self, tick: int) -> int:
        """The last frame with pts ≤ tick; the first frame where there is none."""
        return max(bisect_right(self.pts, tick) - 1, 0)

    def seek_us(self, keyframe: Keyframe, seek_by: SeekBy) -> int:
        """Microseconds to seek to, rounded up, so that the keyframe is not later than the time sought."""
        tick = keyframe.pts if seek_by == "pts" or keyframe.dts is None else keyframe.dts
        return -(-tick * self.time_base * MICROSECONDS // 1)

    def with_neighbours(self) -> "Timeline":
        """The same where decoding begins early enough to have the frame before the wanted one as well."""
        before = (self.starts[max(frame - 1, 0)] for frame in range(len(self.starts)))
        starts = array("q", (min(pair) for pair in zip(self.starts, before, strict=True)))
        return replace(self, starts=starts)

    def from_frame(self, frame: int) -> "Timeline":
        """The same without the frames before this one, which the decoder does not give."""
        return replace(
            self,
            pts=self.pts[frame:],
            packets=self.packets[frame:],
            starts=self.starts[frame:],
            keyframes=tuple(replace(keyframe, frame=keyframe.frame - frame) for keyframe in self.keyframes),
        )


def timeline_of(
    packets: Sequence[Packet],
    *,
    time_base: Fraction,
    file_start: int,
    damaged: Iterable[int] = (),
    untold_duration: int = 0,
    seekable: bool = True,
    numbered: bool = False,
    durations: Durations = "told",
) -> Timeline | None:
    """The timeline that the packets tell, or None where they don't (times missing or twice the same).

    `untold_duration` is what ffmpeg takes as the last frame's duration where its packet tells none.
    """
    shown = [number for number, packet in enumerate(packets) if not packet.discarded]
    times = [packets[number].pts for number in shown]
    if not times or None in times or len(set(times)) != len(times):
        return None
    shown.sort(key=lambda number: packets[number].pts or 0)
    pts = array("q", (packets[number].pts or 0 for number in shown))
    last_duration, gap = max(packets[shown[-1]].duration, 0), _gap_before_last(pts)
    longest = max(last_duration, untold_duration, max(_gaps(pts), default=0))
    is_sure = durations != "doubtful" or (last_duration == gap and not varies(pts))
    keyframes = tuple(
        Keyframe(number, packet.pts, packet.dts, bisect_left(pts, packet.pts))
        for number, packet in enumerate(packets)
        if packet.keyframe and not packet.discarded and packet.pts is not None
    )
    return Timeline(
        time_base=time_base,
        pts=pts,
        packets=array("q", shown),
        starts=_starts(shown, pts, keyframes),
        keyframes=keyframes,
        damaged=tuple(sorted(damaged)),
        end=pts[-1] + (last_duration if last_duration and (durations == "told" or len(pts) == 1) else gap),
        told_end=pts[-1] + (last_duration or untold_duration) if is_sure else None,
        latest_end=pts[-1] + max(_TIMES_LONGER * longest, ceil(_LONGEST_S / time_base)),
        file_start=file_start,
        seekable=seekable,
        numbered=numbered,
    )


def ticks(seconds: Fraction, time_base: Fraction) -> int:
    """Seconds in ticks, rounded as av_rescale does: to the nearest, halves away from zero."""
    return rescale_near(1, seconds / time_base)


def rescale_near(value: int, factor: Fraction) -> int:
    """value·factor to the nearest integer, halves away from zero (av_rescale_rnd with AV_ROUND_NEAR_INF)."""
    product = abs(value * factor.numerator)
    rounded = (product + factor.denominator // 2) // factor.denominator
    return -rounded if value * factor.numerator < 0 else rounded


def varies(pts: Sequence[int]) -> bool:
    """Whether the distances between frames differ by more than the rounding of a time base."""
    gaps = _gaps(pts)
    return bool(gaps) and max(gaps) - min(gaps) > 1


def _gaps(pts: Sequence[int]) -> list[int]:
    return [later - earlier for earlier, later in pairwise(pts)]


def _starts(shown: Sequence[int], pts: Sequence[int], keyframes: Sequence[Keyframe]) -> Sequence[int]:
    """For each frame the last keyframe that comes no later in decode order and in presentation order.

    A leading picture of an open GOP follows its keyframe in the file but is shown before it: it needs the one before.
    From the last frame back, a keyframe that is shown too late for one is so for all that are left, and gives way to
    the one before it for good: looking through them anew for each frame would take a small file days.
    """
    order = [keyframe.packet for keyframe in keyframes]
    latest_last = sorted(range(len(keyframes)), key=lambda number: keyframes[number].pts)
    # One place more than there are keyframes: the first stands for none.
    stands = array("q", range(len(keyframes) + 1))
    starts = array("q", bytes(stands.itemsize * len(pts)))
    for frame in reversed(range(len(pts))):
        while latest_last and keyframes[latest_last[-1]].pts > pts[frame]:
            place = latest_last.pop() + 1
            stands[place] = place - 1
        place = bisect_right(order, shown[frame])
        starts[frame] = (place if stands[place] == place else _standing(stands, place)) - 1
    return starts


def _standing(stands: "array[int]", place: int) -> int:
    """The nearest place before it that has not given way (the find of a union-find, which halves its paths)."""
    while stands[place] != place:
        stands[place] = place = stands[stands[place]]
    return place


def _gap_before_last(pts: Sequence[int]) -> int:
    return pts[-1] - pts[-2] if len(pts) > 1 else 1
