"""Videos through a whole platform of the benchmark's own, timed on the wall."""

import os
import statistics
import time
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
from fiapx import Client

from fiapx_testing.local_host import LocalHost
from fiapx_testing.pinning import pin
from fiapx_testing.platforms import Account, Platform
from fiapx_testing.timed_videos import accepted_to_completed_s

WORKERS: Final = ("worker-1", "worker-2")
_RUNS: Final = 5
_READY_WITHIN_S: Final = 90
_SEEN_WITHIN_S: Final = 60
_TIMEOUT_S: Final = 30


class PlatformRuns:
    """One process of each service, started with the block and gone with it."""

    def __init__(self, folder: Path) -> None:
        self._host = LocalHost(folder)
        self._platform: Platform | None = None
        self._account: Account | None = None

    def __enter__(self) -> Self:
        self._host.stop()
        self._host.start_platform()
        self._platform = Platform(self._host.stack())
        self._account = self._platform.new_account()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._account is not None:
            self._account.client.close()
        self._host.stop()

    def keep_workers(self, count: int) -> None:
        """So many run, the others don't."""
        stack = self._running().stack
        stack.supervisor.stop(WORKERS[count:])
        for name in WORKERS[:count]:
            if stack.supervisor.states()[name].state != "RUNNING":
                stack.supervisor.start(name)
        Platform.until(lambda: all(map(self._running().is_ready, WORKERS[:count])), within_s=_READY_WITHIN_S)

    def pin(self) -> None:
        """Each worker that runs, with its children, to a core of its own."""
        states = self._running().stack.supervisor.states()
        cores = sorted(os.sched_getaffinity(0))
        for name, core in zip(WORKERS, cores, strict=False):
            if states[name].state == "RUNNING":
                pin(states[name].pid, {core})

    def median_s(self, video: Path, options: dict[str, Any]) -> float:
        """Of five, from accepted to completed."""
        return round(statistics.median(self.accepted_to_completed_s(video, options) for _ in range(_RUNS)), 2)

    def median_to_first_frame_s(self, video: Path, options: dict[str, Any]) -> float:
        """Of five, from started to the first thumbnail."""
        return round(statistics.median(self.started_to_first_frame_s(video, options) for _ in range(_RUNS)), 2)

    def started_to_first_frame_s(self, video: Path, options: dict[str, Any]) -> float:
        """From when the video says it was started, and workers may begin, until a thumbnail of it was read."""
        client = self._client()
        accepted = client.videos.upload(video, options)
        headers = {"Authorization": f"Bearer {client.access_token}"}
        with httpx.Client(base_url=f"{self._running().url}/api/v1", headers=headers, timeout=_TIMEOUT_S) as http:
            Platform.until(lambda: _is_thumbnail_there(http, f"/videos/{accepted.id}/frames"), within_s=_SEEN_WITHIN_S)
            seen_at = time.time()
            started_at = client.videos.get(accepted.id).started_at
            client.videos.delete(accepted.id)
            Platform.until(lambda: http.get("/status").json()["segments_running"] == 0, within_s=_SEEN_WITHIN_S)
        if started_at is None:
            raise AssertionError(f"{video.name}: frames before it was started")
        return seen_at - started_at.timestamp()

    def accepted_to_completed_s(self, video: Path, options: dict[str, Any]) -> float:
        """From the answer to the upload to the time that the video says it was finished at."""
        return accepted_to_completed_s(self._client(), video, options)

    def _client(self) -> Client:
        if self._account is None:
            raise RuntimeError("not entered")
        return self._account.client

    def _running(self) -> Platform:
        if self._platform is None:
            raise RuntimeError("not entered")
        return self._platform


def _is_thumbnail_there(http: httpx.Client, frames: str) -> bool:
    """Whether a first frame is listed; then also its thumbnail is read. Raises AssertionError: it can't be."""
    listed = http.get(frames, params={"limit": 1})
    if listed.status_code != HTTPStatus.OK or not listed.json()["items"]:
        return False
    index = listed.json()["items"][0]["index"]
    thumbnail = http.get(f"{frames}/{index}", params={"width": 320})
    if thumbnail.status_code != HTTPStatus.OK:
        raise AssertionError(f"frame {index}: {thumbnail.text}")
    return True
