"""How often a question is asked: whether a session lives, say."""

import asyncio
from uuid import UUID, uuid4

import pytest
from api_gateway.repositories.recent_answers import RecentAnswers
from fiapx_common.errors import Unavailable

FOR_EVER_S = 1e9


def somebody() -> UUID:
    return uuid4()


class Sessions:
    """Answers when it is let, and remembers who was asked for."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []
        self.alive = True
        self.away = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def ask(self, session: UUID) -> bool:
        self.asked.append(session)
        await self.may_answer.wait()
        if self.away:
            raise Unavailable("service_unavailable", "away")
        return self.alive


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


async def test_all_who_ask_at_once_wait_for_one_answer(sessions: Sessions) -> None:
    checks = RecentAnswers(sessions.ask, FOR_EVER_S)
    caller = somebody()
    sessions.may_answer.clear()
    waiting = [asyncio.create_task(checks.to(caller)) for _ in range(20)]
    await asyncio.sleep(0)
    sessions.may_answer.set()
    assert await asyncio.gather(*waiting) == [True] * 20
    assert len(sessions.asked) == 1


async def test_one_that_gives_up_does_not_take_the_answer_from_the_others(sessions: Sessions) -> None:
    checks = RecentAnswers(sessions.ask, FOR_EVER_S)
    caller = somebody()
    sessions.may_answer.clear()
    first, second = (asyncio.create_task(checks.to(caller)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    sessions.may_answer.set()
    assert await second is True
    assert len(sessions.asked) == 1


async def test_an_answer_counts_for_its_own_session_only(sessions: Sessions) -> None:
    checks = RecentAnswers(sessions.ask, FOR_EVER_S)
    one, other = somebody(), somebody()
    for caller in (one, other, one):
        await checks.to(caller)
    assert sessions.asked == [one, other]


async def test_after_its_time_an_answer_counts_no_more(sessions: Sessions) -> None:
    checks = RecentAnswers(sessions.ask, kept_s=0)
    caller = somebody()
    before = await checks.to(caller)
    sessions.alive = False
    assert (before, await checks.to(caller)) == (True, False)


async def test_an_answer_that_is_still_awaited_after_its_time_is_for_nobody_new(sessions: Sessions) -> None:
    checks = RecentAnswers(sessions.ask, kept_s=0)
    caller = somebody()
    sessions.may_answer.clear()
    waiting = [asyncio.create_task(checks.to(caller)) for _ in range(2)]
    await asyncio.sleep(0)
    sessions.may_answer.set()
    await asyncio.gather(*waiting)
    assert len(sessions.asked) == 2


async def test_a_failure_is_told_and_not_kept(sessions: Sessions) -> None:
    checks = RecentAnswers(sessions.ask, FOR_EVER_S)
    caller = somebody()
    sessions.away = True
    with pytest.raises(Unavailable):
        await checks.to(caller)
    sessions.away = False
    assert await checks.to(caller) is True


async def test_only_so_many_answers_are_kept(sessions: Sessions) -> None:
    checks = RecentAnswers(sessions.ask, FOR_EVER_S, most=2)
    first, second, third = (somebody() for _ in range(3))
    for caller in (first, second, third, third, second, first):
        await checks.to(caller)
    assert sessions.asked == [first, second, third, first]


async def test_what_nobody_waits_for_is_given_up_at_the_end(sessions: Sessions) -> None:
    checks = RecentAnswers(sessions.ask, FOR_EVER_S)
    sessions.may_answer.clear()
    waiting = asyncio.create_task(checks.to(somebody()))
    await asyncio.sleep(0)
    await checks.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
