"""Slowing down those who guess."""

from dataclasses import dataclass
from uuid import UUID

from auth_service.entities.errors import TooManyLogins, TooManyMails, TooManySignUps
from auth_service.entities.throttling import Limit, counter_key, network_of
from auth_service.services.ports import Counts


@dataclass(frozen=True)
class Allowances:
    """How often is allowed."""

    account_failures: int
    """Wrong passwords per account and address."""
    address_failures: int
    """Wrong passwords per address, for any account."""
    failures_window_s: int
    sign_ups: int
    """New accounts per address."""
    sign_ups_window_s: int
    reset_requests: int
    """Password resets per account and address."""
    address_reset_requests: int
    """Password resets per address, for any account."""
    account_mails: int
    """Mails with a link of one kind per account, whoever asks."""
    mails_window_s: int


class Throttling:
    """Counts failed logins, sign-ups and mails."""

    def __init__(self, counts: Counts, allowances: Allowances) -> None:
        self._counts = counts
        self._allowances = allowances

    async def sign_up(self, address: str) -> None:
        """Counts a sign-up.

        Raises:
            TooManySignUps: this one is beyond the limit.
        """
        limit = Limit(
            counter_key("signup", network_of(address)), self._allowances.sign_ups, self._allowances.sign_ups_window_s
        )
        found = await self._counts.add(limit.key, limit.window_s)
        if limit.is_passed(found):
            raise TooManySignUps(found.resets_in_s)

    async def check_login(self, account: str, address: str) -> None:
        """Raises TooManyLogins when the failures before this login are too many already."""
        for limit in self._login_limits(account, address):
            found = await self._counts.read(limit.key)
            if limit.is_reached(found):
                raise TooManyLogins(found.resets_in_s)

    async def failed_login(self, account: str, address: str) -> None:
        """Counts a failure.

        Raises:
            TooManyLogins: others failed at the same moment; whether this password was wrong is then not told.
        """
        counted = [
            (limit, await self._counts.add(limit.key, limit.window_s)) for limit in self._login_limits(account, address)
        ]
        for limit, found in counted:
            if limit.is_passed(found):
                raise TooManyLogins(found.resets_in_s)

    async def forgive(self, account: str, address: str) -> None:
        """Forgets failures of an account from an address; those of the address with other accounts still count."""
        account_limit, _ = self._login_limits(account, address)
        await self._counts.clear(account_limit.key)

    async def reset_request(self, account: str, address: str) -> None:
        """Counts a wish for a new password, of known and unknown accounts alike.

        Raises:
            TooManyMails: this one is beyond the limit.
        """
        network, allowed = network_of(address), self._allowances
        for key, count in (
            (counter_key("reset-account", account, network), allowed.reset_requests),
            (counter_key("reset-address", network), allowed.address_reset_requests),
        ):
            await self._count_mail(Limit(key, count, allowed.mails_window_s))

    async def may_mail_reset(self, account: str) -> bool:
        """Counts a mail. False: the mailbox has enough of them, and all their links work."""
        limit = self._mails_limit("reset-mails", account)
        return not limit.is_passed(await self._counts.add(limit.key, limit.window_s))

    async def verification_mail(self, user_id: UUID) -> None:
        """Counts a mail. Raises TooManyMails."""
        await self._count_mail(self._mails_limit("verification-mails", str(user_id)))

    async def _count_mail(self, limit: Limit) -> None:
        found = await self._counts.add(limit.key, limit.window_s)
        if limit.is_passed(found):
            raise TooManyMails(found.resets_in_s)

    def _mails_limit(self, kind: str, account: str) -> Limit:
        return Limit(counter_key(kind, account), self._allowances.account_mails, self._allowances.mails_window_s)

    def _login_limits(self, account: str, address: str) -> list[Limit]:
        network, window_s = network_of(address), self._allowances.failures_window_s
        return [
            Limit(counter_key("login-account", account, network), self._allowances.account_failures, window_s),
            Limit(counter_key("login-address", network), self._allowances.address_failures, window_s),
        ]
