"""A new password for who has forgotten the old one."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import structlog
from fiapx_common.opaque_tokens import token_hash
from fiapx_models.events import PasswordResetRequested

from auth_service.entities.email_address import read_email
from auth_service.entities.errors import TokenInvalid
from auth_service.entities.link_token import Purpose, ResetRequest
from auth_service.entities.password import new_password
from auth_service.services.links import Links
from auth_service.services.liveness import Liveness
from auth_service.services.ports import Passwords, UnitsOfWork
from auth_service.services.throttling import Throttling

log = structlog.get_logger(__name__)


class PasswordResets:
    """A request is only written down; whether somebody has the address is looked up after it was answered.

    So neither answer nor time can tell, and no request is lost.
    """

    def __init__(
        self,
        *,
        units: UnitsOfWork,
        passwords: Passwords,
        throttling: Throttling,
        links: Links,
        liveness: Liveness,
        wake: Callable[[], None],
    ) -> None:
        """`wake`: there are requests to answer."""
        self._units = units
        self._passwords = passwords
        self._throttling = throttling
        self._links = links
        self._liveness = liveness
        self._wake = wake

    async def request(self, email: str, address: str) -> None:
        """Writes a request down, to be answered right away.

        Raises:
            EmailInvalid: no address at all.
            TooManyMails: for this account from this address, or from this address.
        """
        account = read_email(email).key
        await self._throttling.reset_request(account, address)
        if not await self._throttling.may_mail_reset(account):
            return
        async with self._units.begin() as unit:
            await unit.reset_requests.add(ResetRequest(uuid4(), account, datetime.now(UTC)))
            await unit.commit()
        self._wake()

    async def answer_requests(self) -> None:
        """All that are there. Replicas may do so at once: each request is taken by one."""
        while await self._answer_one():
            pass

    async def reset(self, token: str, password: str, address: str) -> None:
        """Sets a new password and ends every session of the user; from `address` wrong passwords are forgotten.

        Raises:
            TokenInvalid: unknown, used or too old.
            PasswordRefused: another may be tried with the same token.
        """
        presented, now = token_hash(token), datetime.now(UTC)
        async with self._units.begin() as unit:
            user_id = await unit.link_tokens.owner(presented, Purpose.RESET, now)
            user = await unit.users.by_id(user_id) if user_id else None
        if user is None:
            raise TokenInvalid
        password_hash = await self._passwords.hash(new_password(password, user.email.text))
        async with self._units.begin() as unit:
            await unit.users.locked(user.id)
            if not await unit.link_tokens.spend(presented, Purpose.RESET, now):
                raise TokenInvalid
            await unit.users.rehash(user.id, password_hash)
            await unit.link_tokens.drop_of(user.id, Purpose.RESET)
            ended = await unit.sessions.revoke_all(user.id, datetime.now(UTC))
            await self._liveness.commit_ended(unit, ended)
        await self._throttling.forgive(user.email.key, address)
        log.info("user.password_reset", user_id=user.id, sessions_ended=len(ended))

    async def _answer_one(self) -> bool:
        """False: there is none."""
        async with self._units.begin() as unit:
            request = await unit.reset_requests.take_oldest()
            if request is None:
                return False
            user = await unit.users.locked_by_key(request.email_key)
            if user is not None:
                link = await self._links.make(unit, Purpose.RESET, user.id, datetime.now(UTC))
                await unit.outbox.add(PasswordResetRequested(user_id=user.id, request_id=request.id, link=link))
            await unit.commit()
        return True
