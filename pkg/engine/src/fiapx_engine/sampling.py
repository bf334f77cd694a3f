"""What is wanted of a video, and what a rule makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from fiapx_engine.plan_warnings import WarningCode

Rule = Literal["fps", "interval", "every", "count", "timestamps", "frames", "keyframes", "scenes", "ffmpeg_fps"]

ToneMap = Literal["auto", "off", "missing"]
"""`missing`: it was wanted, and the decoder at hand cannot do it."""


@dataclass(frozen=True, slots=True)
class ExtractionRequest:
    """What is wanted of a video; times in seconds from its first frame, the range's end exclusive.

    Of what belongs to a rule only its own counts: `fps` (fps, ffmpeg_fps), `interval_s` (interval), `step` in frames
    (every), `count` (count), `timestamps_s` (timestamps), `numbers` of source frames from 0 (frames; scenes, once
    `Engine.completed` has found them by `threshold`), `told_end` (ffmpeg_fps, once `Engine.completed` has asked for it
    where the timeline does not know).
    `width` and `height` are a box that the picture is fitted into; `crop` is x, y, width and height in the picture as
    it is shown. Without `rotate` a frame stays as it is stored. Any frame within
    `tolerance_s` may stand for an instant.
    """

    rule: Rule
    fps: Fraction = Fraction(1)
    start_s: Fraction = Fraction(0)
    end_s: Fraction | None = None
    max_frames: int | None = None
    name_template: str = "frame_{index}_{time}"
    format: str = "png"
    quality: int | None = None
    interval_s: Fraction = Fraction(1)
    step: int = 1
    count: int = 1
    timestamps_s: tuple[Fraction, ...] = ()
    numbers: tuple[int, ...] = ()
    told_end: int | None = None
    threshold: Fraction = Fraction(3, 10)
    width: int | None = None
    height: int | None = None
    rotate: bool = True
    crop: tuple[int, int, int, int] | None = None
    deinterlace: bool = True
    tone_map: ToneMap = "auto"
    tolerance_s: Fraction = Fraction(0)
    keep_damaged: bool = False
    scored: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a rule gives: how many frames, their numbers as they are asked for, what is odd about them.

    `beyond` counts the times or numbers asked for that lie beyond the video's end.
    """

    count: int
    frames: Iterator[int]
    warnings: tuple[WarningCode, ...] = ()
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Frame numbers (from 0, in presentation order), one for each instant; `count` instants there would have been."""

    frames: tuple[int, ...]
    count: int
    warnings: tuple[WarningCode, ...]
    beyond: int = 0
