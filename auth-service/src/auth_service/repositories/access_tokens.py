"""Access tokens, by the one module that knows jose."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from fiapx_common.tokens import TokenSigner, new_private_key, public_jwk, write_jwks

from auth_service.entities.signing_key import SigningKey

_SIGNERS_KEPT = 8


class Es256AccessTokens:
    """Implements the port `AccessTokens`."""

    def __init__(self, issuer: str, audience: str) -> None:
        def make(kid: str, private_pem: str) -> TokenSigner:
            return TokenSigner(private_pem, kid, issuer, audience)

        # Reading a PEM takes longer than signing.
        self._signer = lru_cache(_SIGNERS_KEPT)(make)

    def new_key(self, kid: str, signs_from: datetime) -> SigningKey:
        private_pem = new_private_key()
        return SigningKey(kid, private_pem, public_jwk(private_pem, kid), signs_from)

    def sign(self, key: SigningKey, *, user_id: UUID, session_id: UUID, ttl_s: int) -> str:
        return self._signer(key.kid, key.private_pem).sign(user_id, session_id, ttl_s)

    def jwks(self, keys: Sequence[SigningKey]) -> str:
        return write_jwks(key.public_jwk for key in keys)
