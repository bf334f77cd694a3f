"""Poison is handled: how much longer does another user wait for a clip meanwhile?

Poison here is a video over which the decoder dies each time, as over a bug in a library: this process kills the
decoders of whichever worker has it. One is under way at a time; between its three deaths its message waits.
"""

import asyncio
import os
import signal
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final
from uuid import UUID

from fiapx import Client
from fiapx_local.stack import Stack

from fiapx_testing.figures import Figure
from fiapx_testing.processes import decoder_children
from fiapx_testing.promises.ground import Ground
from fiapx_testing.promises.segments import SegmentRow, SegmentRows
from fiapx_testing.timed_videos import accepted_to_completed_s

_FRAME_A_SECOND: Final[dict[str, Any]] = {"sampling": {"rule": "fps", "fps": 1}}
_PAIRS: Final = 15
_MOST_PERCENT: Final = 10
_CHARGES: Final = 3
_LOOK_EVERY_S: Final = 0.02
_ENDS_WITHIN_S: Final = 120.0


def poison_delays_nobody(ground: Ground) -> Iterator[Figure]:
    """By turns alone and while one poison is between its first and its last death."""
    clip = ground.ten_seconds
    heavy = ground.clips.counter(frames=15, fps=10, size=(1920, 1080), gop=15).path
    other, poisoner = ground.platform.new_account(), ground.platform.new_account()
    delays, charges = [], []
    with other.client, poisoner.client:
        accepted_to_completed_s(other.client, clip, _FRAME_A_SECOND)  # what is loaded once
        for number in range(ground.times(_PAIRS)):
            alone_s = accepted_to_completed_s(other.client, clip, _FRAME_A_SECOND)
            with poison_under_way(ground.platform.stack, poisoner.client, heavy, number) as poison:
                beside_s = accepted_to_completed_s(other.client, clip, _FRAME_A_SECOND)
            delays.append(beside_s / alone_s - 1)
            charges.append(poison.charged)
    yield from figures(delays, charges)


def figures(delays: Sequence[float], charges: Sequence[int]) -> Iterator[Figure]:
    """`delays`: how much longer than alone, as a share; `charges`: what each poison was charged in the end."""
    of = f"{len(delays)} pairs, {100 * min(delays):.0f} to {100 * max(delays):.0f} %"
    delay = round(100 * statistics.median(delays), 1)
    yield Figure("a clip of ten seconds takes longer beside poison, median", of, delay, "%", _MOST_PERCENT)
    wrong = sum(charged != _CHARGES for charged in charges)
    yield Figure("poison that did not end with its third charge", f"{len(charges)} videos", wrong, "", 0)


class Poison(Thread):
    """Kills the decoders of whoever has the video's segment, until its job has ended."""

    def __init__(self, stack: Stack, video_id: UUID) -> None:
        super().__init__(name="poison")
        self.charged = 0
        self.died = Event()
        """Set when a decoder has died over it for the first time."""
        self._stack = stack
        self._video_id = video_id
        self._over = Event()

    def run(self) -> None:
        asyncio.run(self._kill())

    def end(self) -> None:
        """Lets go of it, whether it has ended or not."""
        self._over.set()
        self.join()

    async def _kill(self) -> None:
        async with SegmentRows.of(self._stack) as rows:
            while not self._over.is_set():
                for segment in await rows.all(self._video_id):
                    self._strike(segment)
                await asyncio.sleep(_LOOK_EVERY_S)

    def _strike(self, segment: SegmentRow) -> None:
        self.charged = max(self.charged, segment.charged)
        if self.charged:
            self.died.set()
        if segment.state == "running" and segment.pid:
            for decoder in decoder_children(segment.pid):
                with suppress(ProcessLookupError):
                    os.kill(decoder, signal.SIGKILL)


@contextmanager
def poison_under_way(stack: Stack, client: Client, video: Path, number: int) -> Iterator[Poison]:
    """Begins when a decoder has died over it once; ends when its video has failed. `number`: another for each."""
    options = {"sampling": {"rule": "every", "frames": 1}, "max_frames": 1000 + number}
    poison_id = client.videos.upload(video, options).id
    poison = Poison(stack, poison_id)
    poison.start()
    try:
        assert poison.died.wait(_ENDS_WITHIN_S), "nobody began with the poison"
        yield poison
        client.videos.wait(poison_id, timeout_s=_ENDS_WITHIN_S)
    finally:
        poison.end()
    client.videos.delete(poison_id)
