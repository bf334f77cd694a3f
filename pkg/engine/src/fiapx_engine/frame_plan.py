"""The plan: wanted frames with their names, cut at keyframes into segments that workers can take one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from fiapx_models.failures import FailureCode

from fiapx_engine.errors import VideoRefused
from fiapx_engine.image_formats import format_named
from fiapx_engine.media import Source
from fiapx_engine.names import NameTemplate
from fiapx_engine.pictures import picture_of
from fiapx_engine.plan_warnings import PlanWarning, WarningCode, warning
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.segments import EngineName, Entry, Picture, Run, Segment, Start
from fiapx_engine.selection import needs_end, select_frames
from fiapx_engine.spans import NANOSECONDS, Sizes, Span, WorkRate, begun, cut, decode_spans, joined, work_ns
from fiapx_engine.timeline import FROM_THE_START, SeekBy, Timeline


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """How many frames a job may have, and how large a segment is: work in seconds of one core, frames."""

    most_frames: int = 100_000
    segment_work_s: int = 30
    first_segment_work_s: float = 0
    """Less for the first, so that its frames come soon, and more from each to the next; 0: all are alike."""
    segment_frames: int = 1_500
    work_rate: WorkRate = field(default_factory=WorkRate)

    @property
    def sizes(self) -> Sizes:
        """Of segments."""
        first_ns = int(self.first_segment_work_s * NANOSECONDS)
        return Sizes(self.segment_work_s * NANOSECONDS, self.segment_frames, first_ns)


@dataclass(frozen=True, slots=True)
class Plan:
    """Segments in time order, their entries numbered through without gaps."""

    segments: tuple[Segment, ...]
    warnings: tuple[PlanWarning, ...]
    picture: Picture
    work_s: float

    @property
    def entry_count(self) -> int:
        return sum(segment.entry_count for segment in self.segments)


def plan(source: Source, request: ExtractionRequest, limits: PlanLimits, engine: EngineName) -> Plan:
    """The frames that the request wants of this source, for that engine, at whose rates the work is reckoned.

    Raises:
        VideoRefused: too_many_frames; damaged, where a wanted frame cannot be decoded without broken packets, and where
            the file is cut off and what is missing may have been wanted.
    """
    timeline = source.timeline
    selection = select_frames(timeline, request, limits.most_frames)
    lacks_wanted = source.index_beyond_end or (source.cut_off and needs_end(timeline, request, selection))
    if lacks_wanted and not request.keep_damaged:
        raise VideoRefused(FailureCode.DAMAGED, source.cut_off)
    distinct = [frame for frame, _ in groupby(selection.frames)]
    if not request.keep_damaged:
        _refuse_damaged(timeline, distinct)
    entries = _entries(timeline, selection.frames, request)
    picture, told = picture_of(source.picture, request)
    pixels, rate = source.picture.width * source.picture.height, limits.work_rate
    decoded = timeline.with_neighbours() if picture.deinterlace else timeline
    spans = decode_spans(decoded, distinct)
    groups = _groups(decoded, spans, pixels, limits)
    segments = []
    for number, group in enumerate(groups):
        runs = joined(group, pixels, rate)
        segment = Segment(
            number=number,
            engine=engine,
            stream=source.stream,
            time_base=timeline.time_base,
            picture=picture,
            work_s=work_ns(runs, pixels, rate) / NANOSECONDS,
            runs=tuple(_run(decoded, span, entries, source.seek_by) for span in runs),
            keep_damaged=request.keep_damaged,
        )
        segments.append(segment)
    cut_off = (WarningCode.CUT_OFF,) if source.cut_off else ()
    figures = {"count": selection.count, "kept": len(selection.frames), "beyond": selection.beyond}
    return Plan(
        segments=tuple(segments),
        warnings=tuple(warning(code, **figures) for code in (*selection.warnings, *told, *cut_off)),
        picture=picture,
        work_s=sum(segment.work_s for segment in segments),
    )


def _groups(timeline: Timeline, spans: list[Span], pixels: int, limits: PlanLimits) -> list[list[Span]]:
    rate = limits.work_rate
    sizes = limits.sizes.for_work(work_ns(spans, pixels, rate))
    return cut(begun(timeline, spans, pixels, rate, sizes.first_ns), pixels, rate, sizes)


def _refuse_damaged(timeline: Timeline, frames: Iterable[int]) -> None:
    if not timeline.damaged:
        return
    for frame in frames:
        if timeline.is_damaged(frame):
            time_s = float((timeline.pts[frame] - timeline.first) * timeline.time_base)
            raise VideoRefused(FailureCode.DAMAGED, f"broken packets before frame {frame} at {time_s:.3f} s")


def _entries(timeline: Timeline, frames: Sequence[int], request: ExtractionRequest) -> dict[int, list[Entry]]:
    """The entries by the frame that they show."""
    naming = NameTemplate(request.name_template, len(frames), format_named(request.format).suffix)
    entries: dict[int, list[Entry]] = {}
    for index, frame in enumerate(frames, start=1):
        pts = timeline.pts[frame]
        time_s = (pts - timeline.first) * timeline.time_base
        name = naming.name(index, time_s, pts)
        entry = Entry(index, name, pts, frame, _rounded(time_s), timeline.is_keyframe(frame), timeline.packets[frame])
        entries.setdefault(frame, []).append(entry)
    return entries


def _run(timeline: Timeline, span: Span, entries: dict[int, list[Entry]], seek_by: SeekBy) -> Run:
    wanted = tuple(entry for frame in span.frames for entry in entries[frame])
    if timeline.seekable:
        begun = _start(timeline, span.frames[0], wanted[0].index, seek_by)
    else:
        begun = Start(wanted[0].index, None, timeline.first, 0, 0)
    starts = _starts(timeline, span.frames, entries, seek_by)
    return Run(
        begun.seek_us,
        begun.pts,
        begun.frame,
        begun.packet,
        by_number=timeline.numbered and begun.seek_us is None,
        entries=wanted,
        starts=() if starts == (begun,) else starts,
    )


def _starts(
    timeline: Timeline, frames: Sequence[int], entries: dict[int, list[Entry]], seek_by: SeekBy
) -> tuple[Start, ...]:
    """One for each keyframe that frames are decoded from, where seeking helps or may help."""
    if timeline.numbered or not (timeline.seekable or timeline.untried):
        return ()
    firsts = [next(same) for _, same in groupby(frames, key=lambda frame: timeline.starts[frame])]
    return tuple(_start(timeline, frame, entries[frame][0].index, seek_by) for frame in firsts)


def _start(timeline: Timeline, frame: int, index: int, seek_by: SeekBy) -> Start:
    start = timeline.starts[frame]
    if start == FROM_THE_START or timeline.keyframes[start].frame <= 0:
        return Start(index, None, timeline.first, 0, 0)
    keyframe = timeline.keyframes[start]
    return Start(index, timeline.seek_us(keyframe, seek_by), keyframe.pts, keyframe.frame, keyframe.packet)


def _rounded(time_s: Fraction) -> float:
    return float(round(time_s, 6))
