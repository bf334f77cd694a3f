"""Where scenes begin, as ffmpeg's select filter scores frames: which it must look at, and what its answer means."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from fiapx_engine.frame_numbers import in_range
from fiapx_engine.media import Source
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.timeline import FROM_THE_START, Timeline


@dataclass(frozen=True, slots=True)
class SceneSearch:
    """One stretch of decoding, of which the frames of the range are scored.

    `seek_us` is as `Run.seek_us`; `start` and `stop` (exclusive, None: to the end) are pts, or where `by_number` is
    set frame numbers.
    """

    seek_us: int | None
    start: int
    stop: int | None
    by_number: bool


def scene_search(source: Source, request: ExtractionRequest) -> SceneSearch | None:
    """None: the range holds no frame. Of a range only its own frames are scored, as after ffmpeg's trim filter."""
    timeline = source.timeline
    within = in_range(timeline, request)
    if not within:
        return None
    is_last = within.stop == len(timeline.pts)
    if timeline.numbered:
        return SceneSearch(None, within.start, None if is_last else within.stop, by_number=True)
    start, stop = timeline.pts[within.start], None if is_last else timeline.pts[within.stop]
    return SceneSearch(_seek_us(source, within.start), start, stop, by_number=False)


def scene_numbers(timeline: Timeline, search: SceneSearch, selected: Iterable[int]) -> tuple[int, ...]:
    """The numbers of the frames that ffmpeg let through, by their pts, or where it counted them from `start` on."""
    if search.by_number:
        return tuple(search.start + count for count in selected)
    places = ((pts, bisect_left(timeline.pts, pts)) for pts in selected)
    return tuple(place for pts, place in places if place < len(timeline.pts) and timeline.pts[place] == pts)


def _seek_us(source: Source, frame: int) -> int | None:
    timeline = source.timeline
    start = timeline.starts[frame]
    if not timeline.seekable or start == FROM_THE_START or timeline.keyframes[start].frame <= 0:
        return None
    return timeline.seek_us(timeline.keyframes[start], source.seek_by)
