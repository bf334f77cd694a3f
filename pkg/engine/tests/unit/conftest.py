"""Timelines to compute on."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from fiapx_engine.timeline import Packet, Timeline, timeline_of

MakeTimeline = Callable[..., Timeline]


@pytest.fixture(scope="session")
def constant() -> MakeTimeline:
    """A stream of constant rate: `frames` frames of `step` ticks, a keyframe each `gop`, decode order = shown order."""

    def make(
        frames: int = 300,
        *,
        step: int = 512,
        gop: int = 60,
        time_base: Fraction = Fraction(1, 15360),
        first: int = 0,
        damaged: tuple[int, ...] = (),
    ) -> Timeline:
        packets = [
            Packet(first + n * step, first + n * step, step, n * 100, keyframe=n % gop == 0, discarded=False)
            for n in range(frames)
        ]
        timeline = timeline_of(packets, time_base=time_base, file_start=first, damaged=damaged)
        assert timeline is not None
        return timeline

    return make


@pytest.fixture(scope="session")
def shown() -> MakeTimeline:
    """A stream of these times, whose last frame has a duration of its own; all but the first need the first."""

    def make(pts: list[int], time_base: Fraction, *, duration: int = 0, keyframes: tuple[int, ...] = (0,)) -> Timeline:
        packets = [
            Packet(time, time, duration if time == pts[-1] else 0, None, keyframe=n in keyframes, discarded=False)
            for n, time in enumerate(pts)
        ]
        timeline = timeline_of(packets, time_base=time_base, file_start=pts[0])
        assert timeline is not None
        return timeline

    return make
