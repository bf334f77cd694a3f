"""What ffmpeg and ffprobe say on stderr, and what it proves: exit code 0 proves nothing."""

import re
from collections import deque
from dataclasses import dataclass, field

from fiapx_engine.errors import FramesLost, NoStart
from fiapx_engine.segments import Entry, Run

_SHOWN = re.compile(
    r"\[Parsed_showinfo_\d+ @ \S+\] \[info\] n: *\d+ pts: *(-?\d+|NOPTS) .*? i:(\S) iskey:(\d) type:(\S)"
)
_CORRUPT_FRAME = re.compile(r"corrupt decoded frame")
_DECODER_ERROR = re.compile(r"\[hevc @ \S+\] \[error\]|\[error\] Error (?:while decoding stream|submitting packet)")
_CORRUPT_PACKET = re.compile(r"Packet corrupt \(stream = (\d+), dts = (-?\d+)\)")
_CUT_OFF = re.compile(r"File ended prematurely")
_INDEX_BEYOND_END = re.compile(r"partial file")
_HOLE = re.compile(r"0x\w+ at pos (\d+) \(0x\w+\) invalid as first byte of an EBML number")
_NO_MEMORY = re.compile(r"Cannot allocate memory")
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+|file:\S+")
_KEPT_LINES = 20
_MOST_HELD = 16
"""So many frames at most may wait in a decoder for earlier ones (H.264 and HEVC: the decoded picture buffer)."""


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """A frame that left the decoder: its time, what kind it is, whether it is broken or two fields."""

    pts: int | None
    keyframe: bool
    intra: bool
    broken: bool
    interlaced: bool = False


@dataclass(slots=True)
class FrameLog:
    """Reads a decoder's log line by line; the line about a broken frame comes before the frame's own.

    HEVC's decoder does not mark broken frames, so there any of its errors counts. `broken`: the next frame is.
    """

    tail: deque[str] = field(default_factory=lambda: deque(maxlen=_KEPT_LINES))
    frames: int = 0
    out_of_memory: bool = False
    broken: bool = False

    def read(self, line: str) -> SeenFrame | None:
        if " pts_time:" in line and (shown := _SHOWN.search(line)):
            frame = SeenFrame(
                pts=None if shown[1] == "NOPTS" else int(shown[1]),
                keyframe=shown[3] == "1",
                intra=shown[4] == "I",
                broken=self.broken,
                interlaced=shown[2] in {"T", "B"},
            )
            self.broken = False
            self.frames += 1
            return frame
        if "[info]" not in line:
            self.tail.append(_ADDRESS.sub("", line).strip())
            self.broken = self.broken or bool(_CORRUPT_FRAME.search(line) or _DECODER_ERROR.search(line))
            self.out_of_memory = self.out_of_memory or bool(_NO_MEMORY.search(line))
        return None

    def summary(self) -> str:
        return " | ".join(list(self.tail)[-3:])


class RunWatch:
    """Follows a run frame by frame: each wanted frame must come at its own pts and its own number.

    The numbers are the proof that nothing between the keyframe and the wanted frame was lost. Of a run that was `taken`
    out of another the start must be a picture of its own. `early`: decoding began well before it, so what passes by
    just before it must be whole, since some decoders complain of a packet before they show the frames before it.
    """

    def __init__(self, run: Run, *, taken: bool = False, early: bool = False) -> None:
        self._run = run
        self._wanted = deque(run.wanted())
        self._number = 0 if run.by_number else run.start_frame
        self._taken = taken
        self._early = early
        self._since_broken = _MOST_HELD

    @property
    def done(self) -> bool:
        return not self._wanted

    def see(self, frame: SeenFrame) -> tuple[Entry, ...] | None:
        """The entries that this frame answers, if it is wanted.

        Raises:
            FramesLost: from here on nothing is as planned.
        """
        if self.done or self._passes_by(frame):
            return None
        entries = self._wanted[0]
        number, self._number = self._number, self._number + 1
        if frame.broken:
            raise FramesLost(f"frame {number} at pts {frame.pts} is broken")
        if number == self._run.start_frame:
            self._judge_start(frame)
        in_time = self._run.by_number or frame.pts == entries[0].pts
        if number < entries[0].frame and (self._run.by_number or not in_time):
            return None
        if number != entries[0].frame or not in_time:
            raise FramesLost(f"frame {number} at pts {frame.pts} instead of {entries[0].frame} at {entries[0].pts}")
        return self._wanted.popleft()

    def _judge_start(self, frame: SeenFrame) -> None:
        if self._early and self._since_broken < _MOST_HELD:
            raise FramesLost(f"a frame just before pts {frame.pts} is broken")
        if self._taken and frame.pts != self._run.start_pts:
            raise FramesLost(f"the run begins at pts {frame.pts} instead of {self._run.start_pts}")
        if self._taken and not frame.intra:
            raise NoStart(f"the picture at pts {frame.pts} is not one of its own")

    def _passes_by(self, frame: SeenFrame) -> bool:
        if self._run.by_number or (self._run.seek_us is None and not self._early):
            return False
        self._since_broken = 0 if frame.broken else self._since_broken + 1
        return frame.pts is None or frame.pts < self._run.start_pts


@dataclass(slots=True)
class DemuxerLog:
    """What reading all packets told about the file's own damage."""

    stream: int
    corrupt_dts: list[int] = field(default_factory=list)
    holes: list[int] = field(default_factory=list)
    cut_off: bool = False
    index_beyond_end: bool = False

    def read(self, line: str) -> None:
        if found := _CORRUPT_PACKET.search(line):
            if int(found[1]) == self.stream:
                self.corrupt_dts.append(int(found[2]))
        elif found := _HOLE.search(line):
            self.holes.append(int(found[1]))
        elif _CUT_OFF.search(line):
            self.cut_off = True
        elif _INDEX_BEYOND_END.search(line):
            self.index_beyond_end = True
