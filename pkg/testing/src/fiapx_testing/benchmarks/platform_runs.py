"""Videos through a whole platform of the benchmark's own, timed on the wall."""

import os
import statistics
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from fiapx_testing.local_host import LocalHost
from fiapx_testing.platforms import Account, Platform

WORKERS: Final = ("worker-1", "worker-2")
_RUNS: Final = 5
_READY_WITHIN_S: Final = 90


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
                _pin(states[name].pid, core)

    def median_s(self, video: Path, options: dict[str, Any]) -> float:
        """Of five."""
        return round(statistics.median(self.accepted_to_completed_s(video, options) for _ in range(_RUNS)), 2)

    def accepted_to_completed_s(self, video: Path, options: dict[str, Any]) -> float:
        """From the answer to the upload to the time that the video says it was finished at."""
        if self._account is None:
            raise RuntimeError("not entered")
        videos = self._account.client.videos
        accepted = videos.upload(video, options)
        accepted_at = time.time()
        done = videos.wait(accepted.id)
        if done.finished_at is None or done.error is not None:
            raise AssertionError(f"{video.name}: {done.status}")
        videos.delete(done.id)
        return done.finished_at.timestamp() - accepted_at

    def _running(self) -> Platform:
        if self._platform is None:
            raise RuntimeError("not entered")
        return self._platform


def _pin(pid: int, core: int) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})
        for child in (thread / "children").read_text().split():
            _pin(int(child), core)
