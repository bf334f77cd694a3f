"""Slowing down those who guess."""

from dataclasses import dataclass

from auth_service.entities.errors import TooManyLogins, TooManySignUps
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


class Throttling:
    """Counts failed logins and sign-ups."""

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

    def _login_limits(self, account: str, address: str) -> list[Limit]:
        network, window_s = network_of(address), self._allowances.failures_window_s
        return [
            Limit(counter_key("login-account", account, network), self._allowances.account_failures, window_s),
            Limit(counter_key("login-address", network), self._allowances.address_failures, window_s),
        ]
