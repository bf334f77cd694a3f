"""From a rule to the frames that it wants: exact instants, never floats, never a frame number times 1/fps."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from fiapx_models.failures import FailureCode

from fiapx_engine.errors import VideoRefused
from fiapx_engine.fps_filter import as_ffmpeg
from fiapx_engine.frame_numbers import by_keyframes, by_numbers, by_scenes, by_step
from fiapx_engine.instants import by_count, by_fps, by_interval, by_timestamps
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import Chosen, ExtractionRequest, Rule, Selection
from fiapx_engine.timeline import Timeline

_RULES: Final[Mapping[Rule, Callable[[Timeline, ExtractionRequest], Chosen]]] = {
    "fps": by_fps,
    "interval": by_interval,
    "every": by_step,
    "count": by_count,
    "timestamps": by_timestamps,
    "frames": by_numbers,
    "keyframes": by_keyframes,
    "scenes": by_scenes,
    "ffmpeg_fps": as_ffmpeg,
}


def needs_end(timeline: Timeline, request: ExtractionRequest, selection: Selection) -> bool:
    """Whether frames after the last one that is there would have changed what is selected."""
    if request.end_s is not None and request.end_s <= timeline.duration_s:
        return False
    if request.rule in ("timestamps", "frames"):
        return selection.beyond > 0
    return request.rule == "count" or len(selection.frames) == selection.count


def select_frames(timeline: Timeline, request: ExtractionRequest, most_frames: int) -> Selection:
    """The frames that the request wants, at least one.

    Raises:
        VideoRefused: too_many_frames, known from the count alone, before any list is built.
    """
    chosen = _RULES[request.rule](timeline, request)
    kept = chosen.count if request.max_frames is None else min(chosen.count, request.max_frames)
    if kept > most_frames:
        raise VideoRefused(FailureCode.TOO_MANY_FRAMES, f"{kept} frames planned, {most_frames} allowed")
    cut = (WarningCode.MAX_FRAMES_REACHED,) if kept < chosen.count else ()
    return Selection(tuple(islice(chosen.frames, kept)), chosen.count, (*chosen.warnings, *cut), chosen.beyond)
