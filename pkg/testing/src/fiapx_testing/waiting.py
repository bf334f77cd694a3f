"""Waiting for what must come, for as long as the slowest machine may need."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Final

PATIENCE_S: Final = 120.0
"""No promise: it only ends the wait for what never comes."""
_POLL_S: Final = 0.02


async def until(condition: Callable[[], object | Awaitable[object]], *, within_s: float = PATIENCE_S) -> None:
    """Waits for a condition.

    Raises:
        TimeoutError: it did not come true in time.
    """
    async with asyncio.timeout(within_s):
        while not await _holds(condition):  # noqa: ASYNC110 - what is waited for tells nothing by itself
            await asyncio.sleep(_POLL_S)


async def _holds(condition: Callable[[], object | Awaitable[object]]) -> object:
    answer = condition()
    return await answer if isawaitable(answer) else answer
