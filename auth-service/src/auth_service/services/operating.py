"""What operators do about users. Each deed and its record are one unit of work."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from fiapx_common.opaque_tokens import new_token
from fiapx_models.events import PasswordResetRequested

from auth_service.entities.email_address import read_email
from auth_service.entities.errors import NobodyCalled
from auth_service.entities.link_token import Purpose
from auth_service.entities.user import ListedUser, User, read_locale, read_name
from auth_service.services.accounts import welcome
from auth_service.services.links import Links
from auth_service.services.liveness import Liveness
from auth_service.services.ports import Passwords, UnitOfWork, UnitsOfWork

_DISABLED: Final = "user.disable"
_ENABLED: Final = "user.enable"
_INVITED: Final = "user.invite"
_OPENED: Final = "registration.open"
_CLOSED: Final = "registration.close"
_REGISTRATION: Final = "registration"


class Operating:
    """Find, disable, enable and invite users; close and open sign-up."""

    def __init__(self, units: UnitsOfWork, passwords: Passwords, links: Links, liveness: Liveness) -> None:
        self._units = units
        self._passwords = passwords
        self._links = links
        self._liveness = liveness

    async def find(self, part: str, most: int) -> Sequence[ListedUser]:
        """Users whose address holds `part`, in any spelling of upper and lower case; the newest first."""
        async with self._units.begin() as unit:
            return await unit.user_list.find(part, datetime.now(UTC), most)

    async def disable(self, who: str, operator: str) -> tuple[User, int]:
        """Nobody logs in as this user any more, and all sessions end; answers how many. Again: changes nothing.

        Raises:
            NobodyCalled: `who` is no user's id or address.
        """
        now = datetime.now(UTC)
        async with self._units.begin() as unit:
            user = await _locked(unit, who)
            await unit.users.disable(user.id, now)
            ended = await unit.sessions.revoke_all(user.id, now)
            await unit.audit.record(operator, _DISABLED, str(user.id), {"sessions_ended": len(ended)})
            await self._liveness.commit_ended(unit, ended)
        return user, len(ended)

    async def enable(self, who: str, operator: str) -> User:
        """They may log in again. Raises NobodyCalled."""
        async with self._units.begin() as unit:
            user = await _locked(unit, who)
            await unit.users.enable(user.id)
            await unit.audit.record(operator, _ENABLED, str(user.id), {})
            await unit.commit()
        return user

    async def invite(self, email: str, name: str, locale: str, operator: str) -> User:
        """A new user, also while sign-up is closed, who gets mails to verify the address and choose a password.

        Raises:
            Invalid: a field is wrong.
            EmailTaken: they have an account.
        """
        now = datetime.now(UTC)
        address, name, locale = read_email(email), read_name(name), read_locale(locale)
        nobodys = await self._passwords.hash(new_token())
        user = User.new(address, name, locale, nobodys, now)
        async with self._units.begin() as unit:
            await unit.users.add(user)
            await unit.outbox.add(await welcome(unit, self._links, user))
            link = await self._links.make(unit, Purpose.RESET, user.id, now)
            await unit.outbox.add(PasswordResetRequested(user_id=user.id, request_id=uuid4(), link=link))
            await unit.audit.record(operator, _INVITED, str(user.id), {})
            await unit.commit()
        return user

    async def registration_is_open(self) -> bool:
        """Whether anybody may sign up."""
        async with self._units.begin() as unit:
            return await unit.registration.is_open()

    async def set_registration(self, operator: str, *, is_open: bool) -> None:
        """Holds at once, for all replicas."""
        async with self._units.begin() as unit:
            await unit.registration.set_open(is_open)
            await unit.audit.record(operator, _OPENED if is_open else _CLOSED, _REGISTRATION, {})
            await unit.commit()


async def _locked(unit: UnitOfWork, who: str) -> User:
    try:
        user = await unit.users.locked(UUID(who))
    except ValueError:
        user = await unit.users.locked_by_key(read_email(who).key)
    if user is None:
        raise NobodyCalled(who)
    return user
