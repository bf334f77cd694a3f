"""Waiting for what other processes do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

PATIENCE_S: Final = 40.0


async def until(condition: Callable[[], Awaitable[object]], timeout_s: float = PATIENCE_S) -> None:
    """Waits for something to become true."""
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 - other processes change it
            await asyncio.sleep(0.02)
