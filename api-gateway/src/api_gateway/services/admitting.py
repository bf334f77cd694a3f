"""Who comes in, and how often."""

from collections.abc import Mapping
from typing import Final

from fiapx_common.errors import FiapxError

from api_gateway.entities.addresses import rate_key
from api_gateway.entities.callers import Caller, Identity, Jwks
from api_gateway.entities.errors import ApiKeyInvalid, MissingToken, SessionEnded
from api_gateway.entities.rates import Door, Quota, RatePolicy
from api_gateway.services.ports import Credentials, RateLimits, Tokens

_KEY: Final = "fx_"
"""What an API key begins with, and no access token."""


class Admitting:
    """Tells who asks and counts it."""

    def __init__(
        self,
        tokens: Tokens,
        credentials: Credentials,
        limits: RateLimits,
        policies: Mapping[Door, RatePolicy],
    ) -> None:
        self._tokens = tokens
        self._credentials = credentials
        self._limits = limits
        self._policies = policies

    async def identify(self, token: str | None) -> Identity:
        """The caller of an access token or an API key, or the error to answer where a caller is needed.

        A token is good for minutes, a session may end at any time: somebody logs out, or ends the session of a lost
        phone. Both end everywhere at once, so every token's session is asked for. When auth-service cannot tell, the
        error is `Unavailable`: letting everybody in would break that promise, a refusal would log everybody out.
        """
        if token is None:
            return MissingToken()
        try:
            if token.startswith(_KEY):
                return await self._credentials.caller_of(token) or ApiKeyInvalid()
            caller = await self._tokens.verify(token)
            return caller if await self._credentials.is_alive(caller) else SessionEnded()
        except FiapxError as error:
            return error

    async def count(self, identity: Identity, address: str, door: Door) -> Quota | None:
        """Counts a request for its user; for its address when nobody is known, and always at doors of that rule."""
        key = rate_key(address)
        if door is Door.API and isinstance(identity, Caller):
            key = str(identity.user_id)
        return await self._limits.take(self._policies[door], key)

    async def jwks(self) -> Jwks:
        """The public keys that tokens are verified with."""
        return await self._tokens.jwks()
