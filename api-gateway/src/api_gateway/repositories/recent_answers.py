"""Answers that were given a moment ago, so that not every request asks anew."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

_MOST: Final = 20_000
"""Answers that are remembered; some 20 MB, and nobody is hurt when one is asked for again."""

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _Asked(Generic[Answer]):
    at_s: float
    answer: asyncio.Task[Answer]


class RecentAnswers(Generic[Question, Answer]):
    """Each question is asked once at a time; whoever asks meanwhile, or a moment later, gets the same answer.

    That moment begins with the question: what changes after it is known at most `kept_s` later. A failure is told to
    those who wait for it and to nobody after them.
    """

    def __init__(self, ask: Callable[[Question], Awaitable[Answer]], kept_s: float, most: int = _MOST) -> None:
        self._ask = ask
        self._kept_s = kept_s
        self._most = most
        self._asked: OrderedDict[Question, _Asked[Answer]] = OrderedDict()

    async def to(self, question: Question) -> Answer:
        asked = self._asked.get(question)
        if asked is None or time.monotonic() - asked.at_s >= self._kept_s:
            asked = self._begin(question)
        # Shielded: one that gives up must not take the answer from the others.
        return await asyncio.shield(asked.answer)

    async def close(self) -> None:
        """Gives up what nobody waits for any more."""
        answers = [asked.answer for asked in self._asked.values()]
        for answer in answers:
            answer.cancel()
        await asyncio.gather(*answers, return_exceptions=True)

    def _begin(self, question: Question) -> _Asked[Answer]:
        asked = _Asked(time.monotonic(), asyncio.create_task(self._answer(question)))
        self._asked[question] = asked
        self._asked.move_to_end(question)
        asked.answer.add_done_callback(lambda answer: self._ended(question, answer))
        if len(self._asked) > self._most:
            self._asked.popitem(last=False)
        return asked

    async def _answer(self, question: Question) -> Answer:
        return await self._ask(question)

    def _ended(self, question: Question, answer: asyncio.Task[Answer]) -> None:
        failed = answer.cancelled() or answer.exception() is not None
        asked = self._asked.get(question)
        if failed and asked is not None and asked.answer is answer:
            del self._asked[question]
