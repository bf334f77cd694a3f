"""That an address is its user's own."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog
from fiapx_common.opaque_tokens import token_hash
from fiapx_models.events import EmailVerificationRequested

from auth_service.entities.errors import TokenInvalid, UserNotFound
from auth_service.entities.link_token import Purpose
from auth_service.entities.user import User
from auth_service.services.links import Links
from auth_service.services.ports import UnitsOfWork
from auth_service.services.throttling import Throttling

log = structlog.get_logger(__name__)


class Verification:
    """Sends the link again, and takes what it carries."""

    def __init__(self, units: UnitsOfWork, links: Links, throttling: Throttling) -> None:
        self._units = units
        self._links = links
        self._throttling = throttling

    async def request(self, user_id: UUID) -> None:
        """One mail more, unless the address is verified already.

        Raises:
            UserNotFound: no such user.
            TooManyMails: too many of these for one user.
        """
        async with self._units.begin() as unit:
            found = await unit.users.by_id(user_id)
        if found is None:
            raise UserNotFound
        if found.email_verified:
            return
        await self._throttling.verification_mail(user_id)
        async with self._units.begin() as unit:
            user = await unit.users.locked(user_id)
            if user is None:
                raise UserNotFound
            link = await self._links.make(unit, Purpose.VERIFICATION, user_id, datetime.now(UTC))
            await unit.outbox.add(EmailVerificationRequested(user_id=user_id, request_id=uuid4(), link=link))
            await unit.commit()

    async def verify(self, token: str) -> User:
        """The user, verified. Raises TokenInvalid."""
        presented, now = token_hash(token), datetime.now(UTC)
        async with self._units.begin() as unit:
            user_id = await unit.link_tokens.owner(presented, Purpose.VERIFICATION, now)
            # the user's row first, as everywhere: two links of one user can't wait for each other
            user = await unit.users.locked(user_id) if user_id else None
            if user is None or not await unit.link_tokens.spend(presented, Purpose.VERIFICATION, now):
                raise TokenInvalid
            verified = replace(user, email_verified=True, changed_at=user.told_at(now))
            await unit.users.verify(user.id, verified.changed_at)
            await unit.link_tokens.drop_of(user.id, Purpose.VERIFICATION)
            await unit.commit()
        log.info("user.verified", user_id=user.id)
        return verified
