"""A server is away for a minute: what do callers and probes see, and how soon is all well again?"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from fiapx import ClientError

from fiapx_testing.chaos.faults.links import REFUSING, SILENT, Toxic
from fiapx_testing.figures import Figure
from fiapx_testing.platforms import Account, Platform
from fiapx_testing.promises.calls import FRAME_A_SECOND, calls, doors
from fiapx_testing.promises.ground import Ground
from fiapx_testing.promises.health import Health, pids, service_of, watched
from fiapx_testing.promises.probing import Answer, Task, by_turns, probed, told_of

Result = TypeVar("Result")

_LASTS_S: Final = 60.0
_QUICK_S: Final = 5.0
_EVERY_S: Final = {"video": 1.0, "list": 1.0, "login": 1.0, "upload": 2.0}
"""What one user uploads while the broker is away waits; the upload that shows that all is well is another user's."""
_CALL_MOST_S: Final = 10
_WELL_MOST_S: Final = 10
_LOOKS_FOR_S: Final = 120.0
_AGAIN_AFTER_S: Final = 0.2

_SERVICES: Final = ("auth", "upload", "planner", "worker", "notification")
OUTAGES: Final[Sequence[tuple[str, str, Toxic, Sequence[str]]]] = (
    ("redis", "refuses", REFUSING, ()),
    ("rabbitmq", "refuses", REFUSING, ("upload", "planner", "worker", "notification")),
    ("store", "refuses", REFUSING, ("upload", "planner", "worker")),
    ("postgres", "refuses", REFUSING, _SERVICES),
    ("postgres", "is silent", SILENT, _SERVICES),
)
"""Server, what it does, how, and which services are not ready meanwhile. Redis is a cache, auth's messages wait."""


@dataclass(frozen=True)
class Seen:
    """Of one outage."""

    answers: Sequence[Answer]
    health: Health
    restarted: Sequence[str]
    """Programs that are not the process any more that they were."""
    ready_after_s: float
    """From its end until every program was ready."""
    completed_after_s: float
    """Until an upload was completed that somebody else had tried since then."""


def servers_go_away(ground: Ground) -> Iterator[Figure]:
    """The gateways are asked by turns: once a second a video, the list, a login; every other second an upload."""
    clip = ground.clips.counter(frames=25, fps=10).path
    for server, does, toxic, needing in OUTAGES[: ground.times(len(OUTAGES))]:
        ground.platform.until(ground.platform.is_whole, within_s=_LOOKS_FOR_S)
        account, newcomer = ground.platform.new_account(), ground.platform.new_account()
        with account.client, newcomer.client:
            outage = partial(ground.network.struck, toxic, server=server)
            yield from figures(f"{server} {does}", needing, _seen(ground, account, newcomer, clip, outage))


def figures(of: str, needing: Sequence[str], seen: Seen) -> Iterator[Figure]:
    """`needing`: services that are not ready without what is away."""
    unlawful = [one for one in seen.answers if not one.is_lawful]
    slowest = max(seen.answers, key=lambda one: one.took_s)
    ready = [name for name, is_ready in seen.health.ready.items() if is_ready and service_of(name) in needing]
    dead = sorted({*seen.health.not_live})

    def of_these(details: str) -> str:
        return f"{of}: {details}" if details else of

    calls_of = f"{len(seen.answers)} calls"
    yield Figure(f"longest of {calls_of}", of_these(slowest.call), round(slowest.took_s, 1), "s", _CALL_MOST_S)
    yield Figure(
        f"answers to {calls_of} but 2xx and 503 with Retry-After", of_these(told_of(unlawful)), len(unlawful), "", 0
    )
    yield Figure("programs that stayed ready without it", of_these(", ".join(ready)), len(ready), "", 0)
    yield Figure("looks at which one was not live", of_these(", ".join(dead)), len(seen.health.not_live), "", 0)
    yield Figure("programs that were restarted", of_these(", ".join(seen.restarted)), len(seen.restarted), "", 0)
    yield Figure("its end to all programs ready", of, round(seen.ready_after_s, 1), "s", _WELL_MOST_S)
    yield Figure("its end to an upload completed", of, round(seen.completed_after_s, 1), "s", _WELL_MOST_S)


def _seen(
    ground: Ground,
    account: Account,
    newcomer: Account,
    clip: Path,
    outage: Callable[[], AbstractContextManager[None]],
) -> Seen:
    videos = account.client.videos
    known = videos.wait(videos.upload(clip, FRAME_A_SECOND).id, timeout_s=_LOOKS_FOR_S).id
    before = pids(ground.platform)
    gateways = doors(ground.platform.gateway_urls, account)
    asked = calls(account, known, clip).items()
    with probed([Task(by_turns(gateways, name, call), _EVERY_S[name]) for name, call in asked]) as answers:
        with outage(), watched(ground.platform) as health:
            time.sleep(_QUICK_S if ground.quick else _LASTS_S)
        ended = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            ready = pool.submit(_ready_at, ground.platform)
            completed_after_s = _completed_at(newcomer, clip) - ended
            ready_after_s = ready.result() - ended
    after = pids(ground.platform)
    restarted = [name for name, pid in before.items() if after[name] != pid]
    return Seen(answers, health, restarted, ready_after_s, completed_after_s)


def _ready_at(platform: Platform) -> float:
    """Raises AssertionError: two minutes are not enough."""
    platform.until(platform.is_whole, within_s=_LOOKS_FOR_S)
    return time.monotonic()


def _completed_at(account: Account, clip: Path) -> float:
    """Raises ClientError: two minutes without an answer, and AssertionError: not completed."""
    # a limit that the clip does not reach, or the result would be a copy
    video_id = _insisted(lambda: account.client.videos.upload(clip, {**FRAME_A_SECOND, "max_frames": 1000}).id)
    until = time.monotonic() + _LOOKS_FOR_S
    while not (video := _insisted(lambda: account.client.videos.get(video_id))).finished:
        assert time.monotonic() < until, f"{video.status} for {_LOOKS_FOR_S:g} s"
        time.sleep(_AGAIN_AFTER_S)
    assert video.status == "completed", f"{video.status}: {video.error}"
    return time.monotonic()


def _insisted(call: Callable[[], Result]) -> Result:
    until = time.monotonic() + _LOOKS_FOR_S
    while True:
        try:
            return call()
        except ClientError:
            if time.monotonic() > until:
                raise
        time.sleep(_AGAIN_AFTER_S)
