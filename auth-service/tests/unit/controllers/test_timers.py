"""Work that is done again and again."""

import asyncio

import pytest
from auth_service.controllers.timers import repeat
from fiapx_common.errors import Unavailable


@pytest.mark.parametrize("failure", [Unavailable("database_unavailable", "away"), ValueError("a bug")])
async def test_a_failure_does_not_stop_the_timer(failure: Exception) -> None:
    times = 0
    done = asyncio.Event()

    async def work() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise failure
        done.set()

    timer = asyncio.create_task(repeat("test", 0.001, work))
    async with asyncio.timeout(10):
        await done.wait()
    timer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await timer
    assert times >= 2
