"""Processes are told to stop while many call the API: does a request fail, and what does a worker do?"""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import httpx
from fiapx import Client

from fiapx_testing.figures import Figure
from fiapx_testing.platforms import Platform
from fiapx_testing.processes import is_gone
from fiapx_testing.promises.calls import FRAME_A_SECOND, calls, doors
from fiapx_testing.promises.ground import Ground
from fiapx_testing.promises.probing import Answer, Door, Task, balanced, probed, told_of
from fiapx_testing.promises.segments import SegmentRow, SegmentRows
from fiapx_testing.waiting import until

_PROGRAMS: Final = ("gateway", "auth", "upload", "planner", "notification", "gateway-2", "gateway", "gateway-2")
_WORKER: Final = "worker-1"
_EVERY_S: Final = {"video": 0.25, "list": 0.25, "login": 1.0, "upload": 1.0}
_BACK_WITHIN_S: Final = 120.0
_TAKES_NOTHING_AFTER_S: Final = 1.0
_GONE_MOST_S: Final = 60
_LOOKS_FOR_S: Final = 90.0
_COMPLETED_WITHIN_S: Final = 240.0
_STEADY_S: Final = 2.0


@dataclass(frozen=True)
class Departure:
    """Of a worker that was told to stop."""

    gone_after_s: float
    taken_late: int
    """Segments that it began later than a second after."""
    charged: int
    """Attempts, of all segments of the video."""
    completed: bool


def nothing_fails_at_sigterm(ground: Ground) -> Iterator[Figure]:
    """One process after the other, each when the one before is back; then a worker that has a segment.

    Eight callers: of each kind of call one with a new connection for each, and one that keeps its connections.
    """
    clip = ground.clips.counter(frames=25, fps=10).path
    account = ground.platform.new_account()
    with account.client as client, ExitStack() as kept:
        known = client.videos.wait(client.videos.upload(clip, FRAME_A_SECOND).id, timeout_s=_LOOKS_FOR_S).id
        gateways = doors(ground.platform.gateway_urls, account)
        asked = calls(account, known, clip)
        tasks = []
        for name, call in asked.items():
            keeping = [_kept_open(kept.enter_context(door())) for door in gateways]
            tasks += [Task(balanced(each, name, call), _EVERY_S[name]) for each in (gateways, keeping)]
        programs = _PROGRAMS[: ground.times(len(_PROGRAMS))]
        with probed(tasks) as answers:
            for program in programs:
                _replace(ground.platform, program)
        yield failed(answers, programs)
        with probed(tasks) as answers:
            departure = asyncio.run(_leave(ground, client))
        yield failed(answers, [_WORKER])
        yield from left(departure)


def failed(answers: Sequence[Answer], programs: Sequence[str]) -> Figure:
    """What got no answer 2xx, but for a refused connection where the other gateway then answered so."""
    wrong = [one for one in answers if not one.is_success]
    of = f"SIGTERM to {', '.join(programs)}"
    return Figure(f"failed of {len(answers)} requests", f"{of}: {told_of(wrong)}" if wrong else of, len(wrong), "", 0)


def left(departure: Departure) -> Iterator[Figure]:
    yield Figure("segments begun later than 1 s after", _WORKER, departure.taken_late, "", 0)
    yield Figure("gone after", _WORKER, round(departure.gone_after_s, 1), "s", _GONE_MOST_S)
    yield Figure("attempts charged", _WORKER, departure.charged, "", 0)
    yield Figure("its video completed", _WORKER, int(departure.completed), "", 1, at_least=True)


def taken_late(seen: Sequence[SegmentRow], pid: int, told_at: float) -> int:
    """Which of the rows show that the process began something later than a second after (Unix time)."""
    late = {
        (row.number, row.lease_attempt)
        for row in seen
        if row.pid == pid and row.taken_at.timestamp() > told_at + _TAKES_NOTHING_AFTER_S
    }
    return len(late)


def _kept_open(client: httpx.Client) -> Door:
    return lambda: nullcontext(client)


def _replace(platform: Platform, program: str) -> None:
    """Returns when another process of this name has been ready for a moment."""
    old = platform.stack.supervisor.states()[program].pid
    os.kill(old, signal.SIGTERM)
    platform.until(
        lambda: platform.stack.supervisor.states()[program].pid not in (0, old) and platform.is_ready(program),
        within_s=_BACK_WITHIN_S,
    )
    time.sleep(_STEADY_S)


async def _leave(ground: Ground, client: Client) -> Departure:
    clip = ground.clips.counter(frames=300, size=(1920, 1080), gop=20).path
    pid = ground.platform.stack.supervisor.states()[_WORKER].pid
    video_id = client.videos.upload(clip, {"sampling": {"rule": "every", "frames": 1}}).id
    seen: list[SegmentRow] = []
    async with SegmentRows.of(ground.platform.stack) as rows:

        async def look() -> None:
            seen.extend(await rows.all(video_id))

        async def has_one() -> bool:
            await look()
            return any(row.pid == pid for row in seen)

        async def left() -> bool:
            await look()
            return is_gone(pid)

        await until(has_one, within_s=_LOOKS_FOR_S)
        told_at = time.time()
        os.kill(pid, signal.SIGTERM)
        await until(left, within_s=_LOOKS_FOR_S)
        gone_after_s = time.time() - told_at
        completed = _is_completed(client, video_id)
        charged = sum(row.charged for row in await rows.all(video_id))
    return Departure(gone_after_s, taken_late(seen, pid, told_at), charged, completed)


def _is_completed(client: Client, video_id: UUID) -> bool:
    return client.videos.wait(video_id, timeout_s=_COMPLETED_WITHIN_S).status == "completed"
