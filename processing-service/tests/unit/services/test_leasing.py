"""Work under a lease; nothing here needs a database."""

import asyncio
from dataclasses import replace

import pytest
from fiapx_common.errors import Unavailable
from processing_service.entities.errors import Interrupted, LeaseLost
from processing_service.services.leasing import Patience, keep_lease

QUICK = Patience(lease_s=1, renew_every_s=0.01, finish_s=0.05, tell_every_s=0.1)


async def held() -> bool:
    return True


async def lost() -> bool:
    return False


async def unanswered() -> bool:
    raise Unavailable("database_unavailable", "PostgreSQL does not answer.")


class Work:
    """Sleeps, and notes how it ended."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.cancelled = False

    async def do(self) -> str:
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return "made"


async def test_the_works_result_is_given() -> None:
    assert await keep_lease(held, Work(0.03).do(), QUICK, asyncio.Event()) == "made"


async def test_the_works_error_is_raised() -> None:
    async def fail() -> None:
        raise ValueError("so it is")

    with pytest.raises(ValueError, match="so it is"):
        await keep_lease(held, fail(), QUICK, asyncio.Event())


async def test_a_lost_lease_cancels_the_work() -> None:
    work = Work(3600)
    with pytest.raises(LeaseLost):
        await keep_lease(lost, work.do(), QUICK, asyncio.Event())
    assert work.cancelled


async def test_a_database_that_does_not_answer_is_no_lost_lease() -> None:
    assert await keep_lease(unanswered, Work(0.05).do(), QUICK, asyncio.Event()) == "made"


async def test_a_stop_lets_work_end_that_ends_in_time() -> None:
    stopping = asyncio.Event()
    stopping.set()
    patient = replace(QUICK, finish_s=3600)
    assert await keep_lease(held, Work(0.02).do(), patient, stopping) == "made"


async def test_a_stop_interrupts_work_that_takes_longer() -> None:
    stopping, work = asyncio.Event(), Work(3600)
    stopping.set()
    with pytest.raises(Interrupted):
        await keep_lease(held, work.do(), QUICK, stopping)
    assert work.cancelled


async def test_a_cancel_from_outside_cancels_the_work() -> None:
    work = Work(3600)
    kept = asyncio.create_task(keep_lease(held, work.do(), QUICK, asyncio.Event()))
    await asyncio.sleep(0.03)
    kept.cancel()
    with pytest.raises(asyncio.CancelledError):
        await kept
    assert work.cancelled
