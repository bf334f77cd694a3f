"""Accounts: signing up, and what a user may change."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypedDict
from uuid import UUID

from fiapx_models.events import UserRegistered, UserUpdated

from auth_service.entities.email_address import read_email
from auth_service.entities.errors import ChangedMeanwhile, RegistrationClosed, UserNotFound
from auth_service.entities.link_token import Purpose
from auth_service.entities.password import new_password
from auth_service.entities.user import User, read_locale, read_name
from auth_service.services.links import Links
from auth_service.services.ports import Passwords, UnitOfWork, UnitsOfWork
from auth_service.services.throttling import Throttling


@dataclass(frozen=True)
class SignUp:
    """What somebody typed."""

    email: str
    password: str
    name: str
    locale: str
    address: str
    """Of the caller, for throttling."""


class Described(TypedDict):
    """Who a user is now, as `UserDescribed` tells it."""

    user_id: UUID
    email: str
    name: str
    locale: str
    changed_at: datetime


class Accounts:
    """Register, look up, change."""

    def __init__(self, units: UnitsOfWork, passwords: Passwords, throttling: Throttling, links: Links) -> None:
        self._units = units
        self._passwords = passwords
        self._throttling = throttling
        self._links = links

    async def register(self, sign_up: SignUp) -> User:
        """A new user, to whom a mail goes that also verifies the address.

        Raises:
            Invalid: a field is wrong.
            TooManySignUps: from this address.
            RegistrationClosed: operators want it so.
            EmailTaken: in any spelling of upper and lower case.
        """
        await self._check_door()
        email = read_email(sign_up.email)
        name, locale = read_name(sign_up.name), read_locale(sign_up.locale)
        password = new_password(sign_up.password, email.text)
        await self._throttling.sign_up(sign_up.address)
        user = User.new(email, name, locale, await self._passwords.hash(password), datetime.now(UTC))
        async with self._units.begin() as unit:
            await unit.users.add(user)
            await unit.outbox.add(await welcome(unit, self._links, user))
            await unit.commit()
        return user

    async def get(self, user_id: UUID) -> User:
        """Raises UserNotFound."""
        async with self._units.begin() as unit:
            user = await unit.users.by_id(user_id)
        if user is None:
            raise UserNotFound
        return user

    async def update(
        self, user_id: UUID, name: str | None, locale: str | None, versions: Collection[int] | None = None
    ) -> User:
        """Changes what is given, with `versions` only where the user has one of them.

        Raises:
            UserNotFound, Invalid
            ChangedMeanwhile: none of the versions, unless all is as wanted already (RFC 9110, 13.1.1): whoever sends a
                request again because its answer was lost has changed it himself.
        """
        name = read_name(name) if name is not None else None
        locale = read_locale(locale) if locale is not None else None
        async with self._units.begin() as unit:
            found = await unit.users.locked(user_id)
            if found is None:
                raise UserNotFound
            user = replace(
                found,
                name=found.name if name is None else name,
                locale=found.locale if locale is None else locale,
            )
            if user != found:
                user = replace(user, changed_at=found.told_at(datetime.now(UTC)))
                if not await unit.users.change(user, versions):
                    raise ChangedMeanwhile
                await unit.outbox.add(UserUpdated(**_described(user)))
                await unit.commit()
        return user

    async def _check_door(self) -> None:
        async with self._units.begin() as unit:
            if not await unit.registration.is_open():
                raise RegistrationClosed


async def welcome(unit: UnitOfWork, links: Links, user: User) -> UserRegistered:
    """News of a new user, with the link that verifies the address."""
    link = await links.make(unit, Purpose.VERIFICATION, user.id, user.created_at)
    return UserRegistered(**_described(user), verification=link)


def _described(user: User) -> Described:
    return {
        "user_id": user.id,
        "email": user.email.text,
        "name": user.name,
        "locale": user.locale,
        "changed_at": user.changed_at,
    }
