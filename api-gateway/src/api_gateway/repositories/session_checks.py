"""Whether sessions still live, as auth-service said a moment ago."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from api_gateway.entities.callers import Caller
from api_gateway.services.ports import Sessions

_MOST: Final = 20_000
"""Sessions that are remembered; some 20 MB, and nobody is hurt when one is asked for again."""

Ask = Callable[[Caller], Awaitable[bool]]
_Key = tuple[UUID, UUID]


@dataclass(frozen=True)
class _Check:
    asked_at_s: float
    answer: asyncio.Task[bool]


class SessionChecks(Sessions):
    """One question per session at a time; whoever asks meanwhile, or a moment later, gets the same answer.

    That moment begins with the question: a session that ends after it is out at most `kept_s` later. A failure is
    told to those who wait for it and to nobody after them.
    """

    def __init__(self, ask: Ask, kept_s: float, most: int = _MOST) -> None:
        self._ask = ask
        self._kept_s = kept_s
        self._most = most
        self._checks: OrderedDict[_Key, _Check] = OrderedDict()

    async def is_alive(self, caller: Caller) -> bool:
        key = caller.user_id, caller.session_id
        check = self._checks.get(key)
        if check is None or time.monotonic() - check.asked_at_s >= self._kept_s:
            check = self._begin(key, caller)
        # Shielded: one that gives up must not take the answer from the others.
        return await asyncio.shield(check.answer)

    async def close(self) -> None:
        """Gives up what nobody waits for any more."""
        answers = [check.answer for check in self._checks.values()]
        for answer in answers:
            answer.cancel()
        await asyncio.gather(*answers, return_exceptions=True)

    def _begin(self, key: _Key, caller: Caller) -> _Check:
        check = _Check(time.monotonic(), asyncio.create_task(self._answer(caller)))
        self._checks[key] = check
        self._checks.move_to_end(key)
        check.answer.add_done_callback(lambda answer: self._ended(key, answer))
        if len(self._checks) > self._most:
            self._checks.popitem(last=False)
        return check

    async def _answer(self, caller: Caller) -> bool:
        return await self._ask(caller)

    def _ended(self, key: _Key, answer: asyncio.Task[bool]) -> None:
        failed = answer.cancelled() or answer.exception() is not None
        check = self._checks.get(key)
        if failed and check is not None and check.answer is answer:
            del self._checks[key]


@asynccontextmanager
async def session_checks(ask: Ask, kept_s: float) -> AsyncIterator[SessionChecks]:
    """Checks that end with the block."""
    checks = SessionChecks(ask, kept_s)
    try:
        yield checks
    finally:
        await checks.close()
