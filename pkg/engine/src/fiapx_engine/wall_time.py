"""What our waiting for one child may come to."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fiapx_models.failures import FailureCode

from fiapx_engine.errors import DecoderFailed

T = TypeVar("T")


class WallTime:
    """So many seconds; what passes while the child waits for us does not count."""

    def __init__(self, seconds: float) -> None:
        self._left_s = seconds

    async def within(self, awaited: Awaitable[T]) -> T:
        """Waits, and counts the waiting.

        Raises:
            DecoderFailed: `timeout`, when the sum of all waiting exceeds the limit.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._left_s):
                return await awaited
        except TimeoutError as error:
            raise DecoderFailed(FailureCode.TIMEOUT, "the decoder's time is used up") from error
        finally:
            self._left_s -= loop.time() - began
