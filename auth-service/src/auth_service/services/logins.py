"""Logging in."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from auth_service.entities.device import Device, read_device
from auth_service.entities.email_address import EmailInvalid, read_email
from auth_service.entities.errors import AccountDisabled, WrongCredentials
from auth_service.entities.password import MAX_CHARACTERS, hashable
from auth_service.entities.session import Session
from auth_service.entities.user import User
from auth_service.services.granting import Grant, Granting
from auth_service.services.ports import Passwords, UnitsOfWork
from auth_service.services.throttling import Throttling

_PASSES = 3
"""A hash may be replaced by a better one at the same moment, even twice; more often only by somebody who plays."""


@dataclass(frozen=True)
class Credentials:
    """What somebody typed, and from where."""

    email: str
    password: str
    address: str
    user_agent: str = ""


class Logins:
    """Begins sessions."""

    def __init__(self, units: UnitsOfWork, passwords: Passwords, throttling: Throttling, granting: Granting) -> None:
        self._units = units
        self._passwords = passwords
        self._throttling = throttling
        self._granting = granting

    async def login(self, credentials: Credentials) -> Grant:
        """A new session. Nothing in answer or time tells whether the address is known.

        Raises:
            WrongCredentials: unknown address or wrong password.
            AccountDisabled: told only to who knows the password.
            TooManyLogins: too many failures; also for the right password, or guessing could go on.
        """
        for _ in range(_PASSES):
            grant = await self._try(credentials)
            if grant is not None:
                return grant
        raise WrongCredentials

    async def _try(self, credentials: Credentials) -> Grant | None:
        """None: the password was changed meanwhile, so it has to be verified anew."""
        account = _account_key(credentials.email)
        await self._throttling.check_login(account, credentials.address)
        user = await self._find(credentials.email)
        password = hashable(credentials.password)[: MAX_CHARACTERS + 1]
        verified = await self._passwords.verify(password, user.password_hash if user else None)
        if user is None or not verified.right:
            await self._throttling.failed_login(account, credentials.address)
            raise WrongCredentials
        # Many guesses at once pass the first check together: what failed meanwhile counts before the answer is told.
        await self._throttling.check_login(account, credentials.address)
        device = read_device(credentials.user_agent, credentials.address)
        return await self._begin_session(user, device, verified.better_hash)

    async def _find(self, email: str) -> User | None:
        try:
            address = read_email(email)
        except EmailInvalid:
            return None
        async with self._units.begin() as unit:
            return await unit.users.by_email(address)

    async def _begin_session(self, user: User, device: Device, better_hash: str | None) -> Grant | None:
        now = datetime.now(UTC)
        session_id = uuid4()
        text, token = self._granting.refresh_token(session_id, now)
        session = Session(session_id, user.id, now, token.expires_at, last_used_at=now, device=device)
        grant = self._granting.grant(session, text, now)
        async with self._units.begin() as unit:
            # A reset ends all sessions; one that begins beside it by the old password would outlive it.
            now_kept = await unit.users.locked(user.id)
            if now_kept is None or now_kept.password_hash != user.password_hash:
                return None
            if now_kept.disabled_at is not None:
                raise AccountDisabled
            if better_hash is not None:
                await unit.users.rehash(user.id, better_hash)
            await unit.sessions.add(session, token)
            await unit.commit()
        return grant


def _account_key(email: str) -> str:
    """Counts guesses for what is no address too, or these would answer faster."""
    try:
        return read_email(email).key
    except EmailInvalid:
        return unicodedata.normalize("NFKC", email).strip().casefold()
