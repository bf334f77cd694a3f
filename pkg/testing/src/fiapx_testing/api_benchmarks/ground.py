"""A platform with one gateway and one auth-service, whose processes are held to cores."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fiapx import Video

from fiapx_testing.api_benchmarks.programs import hello
from fiapx_testing.clips import Clips
from fiapx_testing.figures import Figure
from fiapx_testing.local_host import LocalHost
from fiapx_testing.pinning import pin
from fiapx_testing.platforms import Account, Platform

SETTINGS: Final = {
    "GATEWAY_RATES__API_PER_MINUTE": "100000000",
    "GATEWAY_RATES__AUTH_PER_MINUTE": "100000000",
}
"""They are counted as ever, but nobody is refused."""
_RESTING: Final = ("gateway-2", "auth-2", "worker-1", "worker-2", "planner", "planner-2")
"""One gateway and one auth-service are measured; nobody processes what is uploaded."""
_COMPLETED_WITHIN_S: Final = 60.0
_VIDEOS: Final = 20


@dataclass(frozen=True)
class Ground:
    """What measures are taken on."""

    platform: Platform
    account: Account
    """Who has some videos."""
    video: Video
    """One of them, completed."""
    folder: Path
    runs: int
    """Of each thing, by turns."""
    seconds: float
    """Of each load."""

    @property
    def measured_core(self) -> int:
        return min(os.sched_getaffinity(0))

    @property
    def other_core(self) -> int:
        """Of all that is not measured; the same one on a machine that has no other."""
        return max(os.sched_getaffinity(0))

    @property
    def api(self) -> str:
        return f"{self.account.gateway_url}/api/v1"

    @property
    def token(self) -> str:
        return str(self.account.client.access_token)

    @contextmanager
    def held(self, *alone: str) -> Iterator[None]:
        """Until the block's end these programs run on the measured core, all others on the other one."""
        for name, pid in self._pids().items():
            pin(pid, {self.measured_core if name in alone else self.other_core})
        try:
            yield
        finally:
            for pid in self._pids().values():
                pin(pid, os.sched_getaffinity(0))

    @contextmanager
    def bare(self) -> Iterator[str]:
        """The address of a bare FastAPI program on the measured core."""
        command = ["taskset", "-c", str(self.measured_core), sys.executable, "-m", hello.__name__]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield f"http://{process.stdout.readline().strip()}/"
            finally:
                process.terminate()

    def _pids(self) -> dict[str, int]:
        states = self.platform.stack.supervisor.states()
        return {name: state.pid for name, state in states.items() if state.state == "RUNNING"}


Measure = Callable[[Ground], Iterator[Figure]]
"""Gives each figure when it has it."""


@contextmanager
def ground(folder: Path, *, runs: int, seconds: float) -> Iterator[Ground]:
    """A platform of its own, which is gone after the block; this process keeps SETTINGS in its environment."""
    os.environ.update(SETTINGS)
    host = LocalHost(folder / "platform")
    host.stop()
    with ExitStack() as ending:
        ending.callback(host.stop)
        host.start_platform()
        platform = Platform(host.stack())
        account = platform.new_account()
        ending.enter_context(account.client)
        clip = Clips(folder / "clips").counter(frames=30).path
        videos = [account.client.videos.upload(clip) for _ in range(_VIDEOS)]
        done = [account.client.videos.wait(video.id, timeout_s=_COMPLETED_WITHIN_S) for video in videos]
        platform.stack.supervisor.stop(_RESTING)
        yield Ground(platform, account, done[0], folder, runs, seconds)
