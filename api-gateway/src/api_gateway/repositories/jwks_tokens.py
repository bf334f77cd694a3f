"""Access tokens verified with auth-service's public keys, which are kept and outlive its absence."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import grpc
import structlog
from fiapx_common.errors import FiapxError, Unavailable
from fiapx_common.tokens import PublicKey, TokenVerifier, read_jwks, unverified_kid

from api_gateway.entities.callers import Caller, Jwks
from api_gateway.services.ports import Tokens

log = structlog.get_logger(__name__)


class KeysUnknown(Unavailable):
    """auth-service is away, and what it would have told is needed."""

    def __init__(self) -> None:
        super().__init__("service_unavailable", "Access tokens cannot be checked at the moment.")


class JwksTokens(Tokens):
    """Renews the keys before they are old; and when a token names an unknown one, at most every `retry_s`.

    Nobody whose key is known ever waits for auth-service.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Jwks]], verifier: TokenVerifier, retry_s: float) -> None:
        self._fetch = fetch
        self._verifier = verifier
        self._retry_s = retry_s
        self._jwks: Jwks | None = None
        self._keys: dict[str, PublicKey] = {}
        self._failed = False
        self._not_before = 0.0
        self._fetching = asyncio.Lock()

    async def keep_fresh(self) -> None:
        """Renews the keys as long as the gateway runs."""
        while True:
            await self._renew()
            await asyncio.sleep(self._retry_s if self._jwks is None or self._failed else self._jwks.max_age_s)

    async def verify(self, token: str) -> Caller:
        kid = unverified_kid(token)
        if kid not in self._keys:
            await self._renew()
        if kid not in self._keys and self._failed:
            raise KeysUnknown
        claims = self._verifier.verify(token, self._keys)
        return Caller(claims.sub, claims.sid, claims.exp)

    async def jwks(self) -> Jwks:
        if self._jwks is None:
            await self._renew()
        if self._jwks is None:
            raise KeysUnknown
        return self._jwks

    async def check(self) -> None:
        """A readiness check: until the first keys have come, each request with a token would be turned away.

        Raises:
            KeysUnknown: they have not.
        """
        await self.jwks()

    async def _renew(self) -> None:
        async with self._fetching:
            if time.monotonic() < self._not_before:
                return
            try:
                jwks = await self._fetch()
                self._keys = read_jwks(jwks.json)
                self._jwks, self._failed = jwks, False
            except (FiapxError, grpc.aio.AioRpcError) as error:
                self._failed = True
                log.warning("jwks.not_renewed", known=len(self._keys), reason=str(error))
            self._not_before = time.monotonic() + self._retry_s
