"""Whether sessions and API keys are still good, as auth-service said a moment ago."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fiapx_common.opaque_tokens import token_hash

from api_gateway.entities.callers import Caller, SessionOf
from api_gateway.repositories.recent_answers import RecentAnswers
from api_gateway.services.ports import Credentials

AskSession = Callable[[SessionOf], Awaitable[bool]]
AskKey = Callable[[bytes], Awaitable[Caller | None]]


class CredentialChecks(Credentials):
    """What ends is out at most `kept_s` later."""

    def __init__(self, ask_session: AskSession, ask_key: AskKey, kept_s: float) -> None:
        self._sessions = RecentAnswers(ask_session, kept_s)
        self._keys = RecentAnswers(ask_key, kept_s)

    async def is_alive(self, caller: Caller) -> bool:
        if caller.key_hash is not None:
            return await self._keys.to(caller.key_hash) is not None
        return await self._sessions.to((caller.user_id, caller.session_id))

    async def caller_of(self, key: str) -> Caller | None:
        return await self._keys.to(token_hash(key))

    async def close(self) -> None:
        """Gives up what nobody waits for any more."""
        await self._sessions.close()
        await self._keys.close()


@asynccontextmanager
async def credential_checks(ask_session: AskSession, ask_key: AskKey, kept_s: float) -> AsyncIterator[CredentialChecks]:
    """Checks that end with the block."""
    checks = CredentialChecks(ask_session, ask_key, kept_s)
    try:
        yield checks
    finally:
        await checks.close()
