"""Signing up, in and out; the user's own profile and sessions."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from api_gateway.entities.callers import Caller, Identity
from api_gateway.entities.errors import SessionEnded, SessionNotFound
from api_gateway.entities.users import OpenSession, Session, User
from api_gateway.services.ports import Accounts


class AccountDesk:
    """What somebody may do with an account."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def register(self, email: str, password: str, name: str, locale: str, client_address: str) -> User:
        return await self._accounts.register(email, password, name, locale, client_address)

    async def login(self, email: str, password: str, client_address: str, user_agent: str) -> Session:
        return await self._accounts.login(email, password, client_address, user_agent)

    async def refresh(self, refresh_token: str, client_address: str, user_agent: str) -> Session:
        return await self._accounts.refresh(refresh_token, client_address, user_agent)

    async def logout(self, refresh_token: str | None, identity: Identity) -> None:
        """Ends the session of the refresh token, else the caller's own; one that has ended is no error.

        Without either, raises why nobody is known.
        """
        if refresh_token is not None:
            await self._accounts.end_session_of_token(refresh_token)
        elif isinstance(identity, Caller):
            await self._accounts.end_session(identity)
        elif not isinstance(identity, SessionEnded):
            raise identity

    async def sessions(self, caller: Caller) -> Sequence[OpenSession]:
        """The most recently used first."""
        return await self._accounts.sessions(caller.user_id)

    async def end_session(self, caller: Caller, session_id: UUID) -> None:
        """Ends one of the caller's sessions, were it this one."""
        if all(session.id != session_id for session in await self._accounts.sessions(caller.user_id)):
            raise SessionNotFound
        await self._accounts.end_session(replace(caller, session_id=session_id))

    async def end_other_sessions(self, caller: Caller) -> None:
        """Ends all of the caller's sessions but this one."""
        await self._accounts.end_other_sessions(caller)

    async def request_verification(self, caller: Caller) -> None:
        await self._accounts.request_verification(caller.user_id)

    async def verify_email(self, token: str) -> User:
        return await self._accounts.verify_email(token)

    async def request_password_reset(self, email: str, client_address: str) -> None:
        await self._accounts.request_password_reset(email, client_address)

    async def reset_password(self, token: str, password: str, client_address: str) -> None:
        await self._accounts.reset_password(token, password, client_address)

    async def erase(self, caller: Caller, password: str, client_address: str) -> None:
        """Erases the caller's account and all that belongs to it."""
        await self._accounts.erase(caller.user_id, password, client_address)

    async def profile(self, caller: Caller) -> User:
        return await self._accounts.user(caller.user_id)

    async def change_profile(
        self, caller: Caller, name: str | None, locale: str | None, versions: Sequence[int] | None
    ) -> User:
        """Changes what is not None, with `versions` only a profile of one of them."""
        return await self._accounts.update_user(caller.user_id, name, locale, versions)
