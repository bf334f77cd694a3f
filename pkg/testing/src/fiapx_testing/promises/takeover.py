"""A worker is lost with a segment in its hands: how soon does another begin it again, and what is repeated?"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from fiapx import Client

from fiapx_testing.archives import read_archive
from fiapx_testing.chaos.faults.links import SILENT
from fiapx_testing.figures import Figure, percentile
from fiapx_testing.promises.ground import Ground
from fiapx_testing.promises.segments import SegmentRow, SegmentRows
from fiapx_testing.waiting import until

WORKERS: Final = ("worker-1", "worker-2")
_KILLS: Final = 10
_PARTITIONS: Final = 2
_KILLED_MOST_S: Final = 2
_HALF_OPEN_MOST_S: Final = 20
_LOOKS_FOR_S: Final = 90.0
_COMPLETED_WITHIN_S: Final = 240.0
_FRAMES: Final = 300
_TRIES: Final = 3

Strike = Callable[[str, int], AbstractContextManager[None]]
"""Takes a worker (its name and process) away until the block's end."""


@dataclass(frozen=True)
class Takeover:
    """What came of one strike."""

    time_s: float | None
    """From the strike until another process had taken the segment; None: its holder was done with it before."""
    others_repeated: int
    """Segments that were begun more than once though nobody was lost over them."""
    same: bool
    """The result has the very images of an undisturbed run."""


def segments_are_taken_over(ground: Ground) -> Iterator[Figure]:
    """Each time a video of 15 segments, which take the two workers about a second each."""
    clip = ground.clips.counter(frames=_FRAMES, size=(1920, 1080), gop=20)
    account = ground.platform.new_account()
    with account.client as client:
        uploads = _Uploads(ground, client, str(clip.path))
        killed = asyncio.run(_all(ground, uploads, _killing, ground.times(_KILLS)))
        yield from figures(killed, "killed", 0.95, _KILLED_MOST_S)
        partitioned = asyncio.run(_all(ground, uploads, _partitioning(ground), ground.times(_PARTITIONS)))
        yield from figures(partitioned, "half-open", 1, _HALF_OPEN_MOST_S)


def figures(found: Sequence[Takeover], how: str, share: float, most_s: float) -> Iterator[Figure]:
    """`share`: of the times that must be at most `most_s`."""
    times_s = [one.time_s for one in found if one.time_s is not None]
    of = f"{len(times_s)} workers {how}, the longest {max(times_s):.1f} s"
    which = f"p{share * 100:.0f}" if share < 1 else "longest"
    taken_s = round(percentile(times_s, share), 1)
    yield Figure(f"until the segment is taken by another, {which}", of, taken_s, "s", most_s)
    yield Figure("other segments begun twice", of, sum(one.others_repeated for one in found), "", 0)
    yield Figure("results that differ", of, sum(not one.same for one in found), "", 0)


def takeover(held: SegmentRow, struck_at: float, segments: Sequence[SegmentRow], *, same: bool) -> Takeover:
    """Judges by the rows of the video when all is done; `struck_at`: Unix time."""
    after = segments[held.number]
    time_s = after.taken_at.timestamp() - struck_at if after.lease_attempt > held.lease_attempt else None
    others = sum(row.lease_attempt > 1 for row in segments if row.number != held.number)
    return Takeover(time_s, others, same)


class _Uploads:
    """The same clip again and again, for the same images; what they are is known from the first."""

    def __init__(self, ground: Ground, client: Client, clip: str) -> None:
        self._client = client
        self._clip = clip
        self._file = ground.folder / "takeover.zip"
        self._count = 0
        self._undisturbed = self.images(self.upload())

    def upload(self) -> UUID:
        self._count += 1
        # a limit that no clip reaches, another each time, or a kept result would be given again
        options = {"sampling": {"rule": "every", "frames": 1}, "max_frames": 1000 + self._count}
        return self._client.videos.upload(self._clip, options).id

    def images(self, video_id: UUID) -> Sequence[str]:
        """Their digests, when it is completed."""
        done = self._client.videos.wait(video_id, timeout_s=_COMPLETED_WITHIN_S)
        assert done.status == "completed", f"{done.status}: {done.error}"
        archive = read_archive(self._client.videos.download(video_id, self._file))
        self._file.unlink()
        return [str(frame["sha256"]) for frame in archive.manifest["frames"]]

    def is_as_undisturbed(self, video_id: UUID) -> bool:
        return self.images(video_id) == self._undisturbed


async def _all(ground: Ground, uploads: _Uploads, strike: Strike, times: int) -> list[Takeover]:
    found = []
    async with SegmentRows.of(ground.platform.stack) as rows:
        for number in range(times * _TRIES):
            ground.platform.until(ground.platform.is_whole)
            victim = WORKERS[number % len(WORKERS)]
            pid = ground.platform.stack.supervisor.states()[victim].pid
            found.append(await _one(uploads, rows, partial(strike, victim, pid), pid))
            if sum(one.time_s is not None for one in found) == times:
                return found
    raise AssertionError(f"not {times} of {len(found)} workers were lost while they had a segment")


async def _one(
    uploads: _Uploads, rows: SegmentRows, strike: Callable[[], AbstractContextManager[None]], pid: int
) -> Takeover:
    video_id = uploads.upload()
    held = await _held_by(rows, video_id, pid)
    struck_at = time.time()
    with strike():
        await _until_taken_again(rows, video_id, held)
        same = uploads.is_as_undisturbed(video_id)
    return takeover(held, struck_at, await rows.all(video_id), same=same)


async def _held_by(rows: SegmentRows, video_id: UUID, pid: int) -> SegmentRow:
    """One that this process has, or the last that it had."""
    segments: list[SegmentRow] = []

    async def look() -> bool:
        segments[:] = await rows.all(video_id)
        return any(row.pid == pid for row in segments) or bool(segments and segments[-1].state == "done")

    await until(look, within_s=_LOOKS_FOR_S)
    return next((row for row in segments if row.pid == pid), segments[-1])


async def _until_taken_again(rows: SegmentRows, video_id: UUID, held: SegmentRow) -> None:
    """Or done all the same."""

    async def look() -> bool:
        now = (await rows.all(video_id))[held.number]
        return now.lease_attempt > held.lease_attempt or now.state == "done"

    await until(look, within_s=_LOOKS_FOR_S)


def _killing(_worker: str, pid: int) -> AbstractContextManager[None]:
    os.kill(pid, signal.SIGKILL)
    return nullcontext()


def _partitioning(ground: Ground) -> Strike:
    """It reaches no server, and no server hears that it is gone."""
    return lambda worker, _: ground.network.struck(SILENT, program=worker)
