"""Following videos as they change: which gateway tells it, and whether it lives, makes no difference."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from fiapx import Client
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform

Event = dict[str, Any]
WITHIN_S = 240
EVERY_FRAME = {"sampling": {"rule": "fps", "fps": 10}}


@contextmanager
def followed(url: str, account: Account, path: str, after: str | None = None) -> Iterator[Iterator[Event]]:
    """Events as an EventSource gets them; it says which it saw last when it comes again."""
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    if after is not None:
        headers["Last-Event-ID"] = after
    with httpx.stream("GET", f"{url}/api/v1{path}", headers=headers, timeout=WITHIN_S) as answer:
        assert answer.status_code == 200
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    event: Event = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name in {"id", "event"}:
            event[name] = value
        elif name == "data":
            event[name] = json.loads(value)
        elif not line:
            if "data" in event:
                yield event
            event = {}


def seq(event: Event) -> int:
    return int(event["id"])


def upload(account: Account, url: str, clip: Path) -> str:
    """A video of as many frames as there are, so that there is something to follow; its id."""
    with Client(url, api_key=account.client.access_token) as client:
        return str(client.videos.upload(clip, options=EVERY_FRAME).id)


def test_a_video_uploaded_through_one_gateway_is_followed_at_the_other_and_told_again_to_who_missed_it(
    platform: Platform, account: Account, clips: Clips
) -> None:
    here, there = platform.gateway_urls
    clip = clips.counter(frames=100, fps=10, size=(640, 360), b_frames=2)
    video = upload(account, here, clip.path)
    with followed(there, account, f"/videos/{video}/events") as events:
        told = list(events)
    assert [event["data"]["progress"] for event in told] == sorted(event["data"]["progress"] for event in told)
    assert all(seq(one) < seq(next_one) for one, next_one in pairwise(told))
    assert (told[-1]["data"]["status"], told[-1]["data"]["frame_count"]) == ("completed", 100)

    with followed(here, account, "/events", after=told[0]["id"]) as events:
        missed = [next(events)]
        while seq(missed[-1]) < seq(told[-1]):
            missed.append(next(events))
    assert seq(missed[0]) > seq(told[0])
    assert missed[-1] == told[-1]


@pytest.mark.kills
@pytest.mark.timeout(1200)
def test_when_the_gateway_of_a_stream_is_killed_it_goes_on_at_the_other_and_nothing_of_the_end_is_missed(
    platform: Platform, account: Account, clips: Clips
) -> None:
    here, there = platform.gateway_urls
    clip = clips.counter(frames=100, fps=10, size=(640, 360), b_frames=2)
    with platform.frozen("worker-1", "worker-2"):
        video = upload(account, there, clip.path)
        with followed(here, account, f"/videos/{video}/events") as events:
            seen = next(events)
            platform.kill("gateway")
            broken = _until_broken(events)
    last = broken[-1] if broken else seen
    assert last["data"]["status"] != "completed"

    with followed(there, account, f"/videos/{video}/events", after=last["id"]) as events:
        rest = list(events)
    # A single video's stream begins with the video as it is, which may be what was seen last.
    assert seq(last) <= seq(rest[0])
    assert all(seq(one) < seq(next_one) for one, next_one in pairwise(rest))
    assert (rest[-1]["data"]["status"], rest[-1]["data"]["frame_count"]) == ("completed", 100)
    platform.until(partial(platform.is_ready, "gateway"))


def _until_broken(events: Iterator[Event]) -> list[Event]:
    """What still came before the connection broke."""
    told: list[Event] = []
    try:
        told.extend(events)
    except httpx.TransportError:
        return told
    raise AssertionError("the stream ended by itself")
