"""One user has far more work queued than the workers can do: how much longer does another wait for a clip?

Told in segments' times: what a segment of the first user took the worker that had it, in the same minutes.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from fiapx import ProblemError

from fiapx_testing.figures import Figure
from fiapx_testing.platforms import PASSWORD, Account
from fiapx_testing.promises.ground import Ground
from fiapx_testing.promises.segments import SegmentRows
from fiapx_testing.timed_videos import accepted_to_completed_s

_MOST_SEGMENTS: Final = 2
_VIDEOS: Final = 500
_FEW_VIDEOS: Final = 40
_AT_ONCE: Final = 4
_FRAMES_OF_MANY: Final = 20
_FRAMES_OF_LONG: Final = 1600
_GOP: Final = 20
_TIMES: Final = 7
_FRAME_A_SECOND: Final[dict[str, Any]] = {"sampling": {"rule": "fps", "fps": 1}}


def nobody_starves(ground: Ground) -> Iterator[Figure]:
    """Beside many videos of one segment each, and beside one video of many segments."""
    with _account(ground) as other:
        _waits_s(ground, other, 1)  # what is loaded once
        idle_s = statistics.median(_waits_s(ground, other, ground.times(_TIMES, 2)))
        many = ground.clips.counter(frames=_FRAMES_OF_MANY, fps=10, size=(1280, 720), gop=_GOP).path
        yield _beside(ground, other, idle_s, many, ground.times(_VIDEOS, _FEW_VIDEOS))
        long = ground.clips.counter(frames=_FRAMES_OF_LONG, fps=10, size=(1280, 720), gop=_GOP).path
        yield _beside(ground, other, idle_s, long, 1)


def figure(idle_s: float, waits_s: Sequence[float], segments_s: Sequence[float], beside: str) -> Figure:
    """The longer wait in times of a segment; all by their medians."""
    segment_s = statistics.median(segments_s)
    wait_s = statistics.median(waits_s)
    of = f"{idle_s:.2f} s alone, {wait_s:.2f} s beside; {len(segments_s)} segments of {segment_s:.2f} s"
    delay = round((wait_s - idle_s) / segment_s, 2)
    return Figure(f"a clip of ten seconds waits longer beside {beside}", of, delay, "segments", _MOST_SEGMENTS)


def _beside(ground: Ground, other: Account, idle_s: float, video: Path, count: int) -> Figure:
    with _account(ground) as busy:
        user_id = busy.client.me().id
        _upload(busy, video, count)
        since = datetime.now(UTC)
        waits_s = _waits_s(ground, other, ground.times(_TIMES, 2))
        left = sum(one.finished_at is None for one in busy.client.videos.list())
        assert left, "all was done before the other user's last clip"
        segments_s = asyncio.run(_times_s(ground, user_id, since))
    beside = f"{count} videos of another" if count > 1 else f"one video of {_FRAMES_OF_LONG // _GOP} segments"
    return figure(idle_s, waits_s, segments_s, beside)


def _upload(busy: Account, video: Path, count: int) -> None:
    def upload(number: int) -> UUID:
        # a limit that no clip reaches, another each time, or a kept result would be given again
        options = {"sampling": {"rule": "every", "frames": 1}, "max_frames": 10_000 + number}
        while True:
            try:
                return busy.client.videos.upload(video, options).id
            except ProblemError as problem:
                if problem.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
                time.sleep(problem.retry_after_s or 1)  # as users do who have a lot of them

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(upload, range(count)))


def _waits_s(ground: Ground, other: Account, times: int) -> list[float]:
    return [accepted_to_completed_s(other.client, ground.ten_seconds, _FRAME_A_SECOND) for _ in range(times)]


async def _times_s(ground: Ground, user_id: UUID, since: datetime) -> list[float]:
    async with SegmentRows.of(ground.platform.stack) as rows:
        return await rows.times_s(user_id, since)


@contextmanager
def _account(ground: Ground) -> Iterator[Account]:
    """Somebody who leaves with all that is theirs."""
    account = ground.platform.new_account()
    with account.client as client:
        try:
            yield account
        finally:
            client.delete_account(PASSWORD)
