"""The end of an account."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from fiapx_models.events import UserDeleted

from auth_service.entities.errors import UserNotFound, WrongPassword
from auth_service.entities.password import MAX_CHARACTERS, hashable
from auth_service.entities.user import User
from auth_service.services.liveness import Liveness
from auth_service.services.ports import Passwords, UnitsOfWork
from auth_service.services.throttling import Throttling

log = structlog.get_logger(__name__)


class Erasing:
    """Deletes users with all that is kept of them here, and tells the other services."""

    def __init__(self, units: UnitsOfWork, passwords: Passwords, throttling: Throttling, liveness: Liveness) -> None:
        self._units = units
        self._passwords = passwords
        self._throttling = throttling
        self._liveness = liveness

    async def erase(self, user_id: UUID, password: str, address: str) -> None:
        """Erases the user whose password this is.

        Raises:
            UserNotFound: erased already.
            WrongPassword: nothing is erased; it counts as a failed login from this address.
            TooManyLogins: too many failures; also for the right password.
        """
        while not await self._try(user_id, password, address):
            pass  # the password was changed meanwhile: it has to be verified anew

    async def _try(self, user_id: UUID, password: str, address: str) -> bool:
        user = await self._confirmed(user_id, password, address)
        async with self._units.begin() as unit:
            now_kept = await unit.users.locked(user_id)
            if now_kept is None:
                raise UserNotFound
            if now_kept.password_hash != user.password_hash:
                return False
            ended = await unit.sessions.revoke_all(user_id, datetime.now(UTC))
            await unit.reset_requests.drop_of(user.email.key)
            await unit.users.remove(user_id)
            await unit.outbox.add(UserDeleted(user_id=user_id))
            await self._liveness.commit_ended(unit, ended)
        log.info("user.erased", sessions_ended=len(ended))
        return True

    async def _confirmed(self, user_id: UUID, password: str, address: str) -> User:
        async with self._units.begin() as unit:
            user = await unit.users.by_id(user_id)
        if user is None:
            raise UserNotFound
        account = user.email.key
        await self._throttling.check_login(account, address)
        verified = await self._passwords.verify(hashable(password)[: MAX_CHARACTERS + 1], user.password_hash)
        if not verified.right:
            await self._throttling.failed_login(account, address)
            raise WrongPassword
        # as at a login: what failed meanwhile counts before the right one does anything
        await self._throttling.check_login(account, address)
        return user
