"""What links open, as upload-service said a moment ago."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fiapx_common.opaque_tokens import token_hash

from api_gateway.entities.shares import ReadableVideo
from api_gateway.repositories.recent_answers import RecentAnswers
from api_gateway.services.share_ports import OpenShares

Ask = Callable[[bytes], Awaitable[ReadableVideo | None]]


class ShareChecks(OpenShares):
    """What is revoked is out at most `kept_s` later. Any text is hashed and asked for: none is refused sooner."""

    def __init__(self, ask: Ask, kept_s: float) -> None:
        self._answers = RecentAnswers(ask, kept_s)

    async def opened_by(self, token: str) -> ReadableVideo | None:
        return await self._answers.to(token_hash(token))

    async def close(self) -> None:
        """Gives up what nobody waits for any more."""
        await self._answers.close()


@asynccontextmanager
async def share_checks(ask: Ask, kept_s: float) -> AsyncIterator[ShareChecks]:
    """Checks that end with the block."""
    checks = ShareChecks(ask, kept_s)
    try:
        yield checks
    finally:
        await checks.close()
