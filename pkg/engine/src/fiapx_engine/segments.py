"""What a plan is made of: entries of the archive, runs of the decoder, segments that can be worked on alone."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from fractions import Fraction
from itertools import groupby
from typing import Any, Literal

EngineName = Literal["ffmpeg", "libav"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive: the frame that answers one instant.

    `index` counts from 1 in the plan, `frame` is the source's frame number from 0 in the order of presentation,
    `packet` its packet's in the order of decoding; `time_s` counts from the first frame.
    """

    index: int
    name: str
    pts: int
    frame: int
    time_s: float
    keyframe: bool
    packet: int


@dataclass(frozen=True, slots=True)
class Start:
    """A keyframe that decoding could begin at for the entries from number `index` on: as a run's own start."""

    index: int
    seek_us: int | None
    pts: int
    frame: int
    packet: int


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch of decoding: from a keyframe to the last frame that is wanted after it.

    `seek_us` is the demuxer's time to go to, None for the file's beginning; `start_pts`, `start_frame` and
    `start_packet` tell the first frame that counts, earlier ones are only passed through. Where `by_number` is set,
    frames are known by their number from the beginning and not by their pts. A run that decodes more than its entries
    need, because that costs less than to seek, has `starts`: where damage lies in between, it is taken apart.
    """

    seek_us: int | None
    start_pts: int
    start_frame: int
    start_packet: int
    by_number: bool
    entries: tuple[Entry, ...]
    starts: tuple[Start, ...] = ()

    def wanted(self) -> list[tuple[Entry, ...]]:
        """The entries, those that show the same frame together: it is decoded and encoded once."""
        return [tuple(same) for _, same in groupby(self.entries, key=lambda entry: entry.frame)]

    def taken_apart(self) -> tuple["Run", "Run | None"]:
        """The entries that are decoded from the same keyframe as the first one, alone; and a run of the others."""
        begun = [start for start in self.starts if start.index <= self.entries[0].index]
        later = self.starts[len(begun) :]
        if not begun:
            return self, None
        stop = later[0].index if later else self.entries[-1].index + 1
        alone = _from_start(begun[-1], [entry for entry in self.entries if entry.index < stop])
        rest = [entry for entry in self.entries if entry.index >= stop]
        return alone, replace(_from_start(later[0], rest), starts=later) if rest else None


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a picture of `of_width` by `of_height` pixels, from the left and from the top."""

    x: int
    y: int
    width: int
    height: int
    of_width: int
    of_height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """How a decoded frame becomes an image: its size in the end, whether it gets more than 8 bits, format, quality.

    `stored_width` and `stored_height` are the decoded frame's. `rotation` is the turn clockwise in degrees that shows
    it upright; a `mirrored` one is flipped top to bottom before that turn. `crop` is cut out of the upright frame.
    To `deinterlace` takes a frame's neighbours; `tone_map` is the transfer function of an HDR picture to be made SDR.
    A `scored` one is made together with its scores.
    """

    width: int
    height: int
    deep: bool
    format: str = "png"
    quality: int | None = None
    rotation: int = 0
    mirrored: bool = False
    stored_width: int = 0
    stored_height: int = 0
    crop: Crop | None = None
    deinterlace: bool = False
    tone_map: str = ""
    scored: bool = False

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> "Picture":
        picture = cls(*values)
        return picture if picture.crop is None else replace(picture, crop=Crop(*values[_CROP_AT]))

    @property
    def pixels(self) -> int:
        """Of the largest picture on the way."""
        return max(self.width * self.height, self.stored_width * self.stored_height)


_CROP_AT = [field.name for field in fields(Picture)].index("crop")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the plan with all that is needed to make its frames from the source file; JSON keeps it.

    `engine` names the one that it was planned for.
    """

    number: int
    engine: EngineName
    stream: int
    time_base: Fraction
    picture: Picture
    work_s: float
    runs: tuple[Run, ...]
    keep_damaged: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for run in self.runs for entry in run.entries)

    @property
    def entry_count(self) -> int:
        return sum(len(run.entries) for run in self.runs)

    @property
    def raw(self) -> bool:
        """Whether ffmpeg gives its frames raw, for libav's ways to encode: with scores, or to the same bytes."""
        return self.picture.scored or self.engine == "libav"

    def without_first(self, entries: int) -> "Segment":
        """What is left when the first of its entries are done."""
        runs = []
        for run in self.runs:
            runs.append(replace(run, entries=run.entries[entries:]))
            entries = max(entries - len(run.entries), 0)
        return replace(self, runs=tuple(run for run in runs if run.entries))

    def taken_apart(self) -> tuple["Segment", "Segment"]:
        """The first entries that are decoded from one keyframe; and what is left, which may be nothing."""
        alone, rest = self.runs[0].taken_apart()
        return replace(self, runs=(alone,)), replace(self, runs=(*((rest,) if rest else ()), *self.runs[1:]))

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "engine": self.engine,
            "stream": self.stream,
            "time_base": [self.time_base.numerator, self.time_base.denominator],
            "picture": list(astuple(self.picture)),
            "work_s": self.work_s,
            "keep_damaged": self.keep_damaged,
            "runs": [_run_json(run) for run in self.runs],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Segment":
        return cls(
            number=value["number"],
            engine=value["engine"],
            stream=value["stream"],
            time_base=Fraction(*value["time_base"]),
            picture=Picture.from_json(value["picture"]),
            work_s=value["work_s"],
            keep_damaged=value["keep_damaged"],
            runs=tuple(_run_from(run) for run in value["runs"]),
        )


def _run_json(run: Run) -> dict[str, Any]:
    entries = [[e.index, e.name, e.pts, e.frame, e.time_s, e.keyframe, e.packet] for e in run.entries]
    start = [run.seek_us, run.start_pts, run.start_frame, run.start_packet, run.by_number]
    starts = [[at.index, at.seek_us, at.pts, at.frame, at.packet] for at in run.starts]
    return {"start": start, "entries": entries, "starts": starts}


def _run_from(value: dict[str, Any]) -> Run:
    seek_us, start_pts, start_frame, start_packet, by_number = value["start"]
    entries = _entries_from(value["entries"])
    # plans of before there were starts have none
    starts = tuple(Start(*row) for row in value.get("starts", ()))
    return Run(seek_us, start_pts, start_frame, start_packet, by_number, entries, starts)


def _from_start(start: Start, entries: Iterable[Entry]) -> Run:
    return Run(start.seek_us, start.pts, start.frame, start.packet, by_number=False, entries=tuple(entries))


def _entries_from(rows: Iterable[Any]) -> tuple[Entry, ...]:
    return tuple(Entry(*row) for row in rows)
