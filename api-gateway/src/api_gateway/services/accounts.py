"""Signing up, in and out; the user's own profile."""

from api_gateway.entities.callers import Caller, Identity
from api_gateway.entities.errors import SessionEnded
from api_gateway.entities.users import Session, User
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

    async def profile(self, caller: Caller) -> User:
        return await self._accounts.user(caller.user_id)

    async def change_profile(self, caller: Caller, name: str | None, locale: str | None) -> User:
        """Changes what is not None."""
        return await self._accounts.update_user(caller.user_id, name, locale)
