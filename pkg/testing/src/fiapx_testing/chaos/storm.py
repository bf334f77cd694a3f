"""Uploads and faults side by side, each at its time; where faults are late, uploads wait for those before them."""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Event, Lock
from typing import Any, Final

from fiapx_testing.chaos.errands import Ended
from fiapx_testing.chaos.faults.striking import Striker, Struck
from fiapx_testing.chaos.schedule import Errand, Schedule, Strike

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""

_POLL_S: Final = 0.1


class Storm:
    """One schedule, carried out once."""

    def __init__(
        self,
        plan: Schedule,
        users: Sequence[Callable[[Errand], None]],
        striker: Striker,
        over: Event,
        told: Progress,
    ) -> None:
        """`users`: who run errands, each one after another; `over`: set in the end, the users know it too."""
        self._plan = plan
        self._users = users
        self._striker = striker
        self._over = over
        self._told = told
        self._done = 0
        self._counting = Lock()
        self._began = 0.0
        self._struck_until_s = 0.0
        """All faults before this time of the plan are over."""

    def blow(self) -> tuple[Struck, ...]:
        """Returns after the last upload and fault. Raises what the first of them raised."""
        self._began = time.monotonic()
        with ThreadPoolExecutor(len(self._users) + 1) as pool:
            try:
                strikes = pool.submit(self._strike, self._plan.strikes)
                shares = [self._plan.errands[number :: len(self._users)] for number in range(len(self._users))]
                errands = [pool.submit(self._send, *each) for each in zip(self._users, shares, strict=True)]
                running: list[Future[Any]] = [strikes, *errands]
                for future in wait(running, return_when=FIRST_EXCEPTION).done:
                    future.result()
                return strikes.result()
            finally:
                self._over.set()

    def _send(self, run: Callable[[Errand], None], errands: Sequence[Errand]) -> None:
        for errand in errands:
            self._await(errand.at_s)
            while self._struck_until_s < errand.at_s:
                self._rest(_POLL_S)
            run(errand)
            self._count(f"upload of {errand.clip.partition('.')[2]}, then {errand.then}")

    def _strike(self, strikes: Sequence[Strike]) -> tuple[Struck, ...]:
        struck = []
        for strike in strikes:
            self._struck_until_s = strike.at_s
            self._await(strike.at_s)
            struck.append(self._striker.strike(strike))
            self._count(f"{strike.fault} {strike.target}")
        self._struck_until_s = math.inf
        return tuple(struck)

    def _await(self, at_s: float) -> None:
        self._rest(max(self._began + at_s - time.monotonic(), 0))

    def _rest(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise Ended

    def _count(self, what: str) -> None:
        with self._counting:
            self._done += 1
            self._told(what, self._done, len(self._plan.errands) + len(self._plan.strikes))
