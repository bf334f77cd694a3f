"""Access tokens: ES256 and nothing else. The only module that imports python-jose.

As shipped, python-jose 3.5 takes tokens without `exp`, without `aud` although one is asked for, with `crit`, and HS256
made with a public key as the secret. Therefore nothing of a token chooses how it is checked: its form is held against a
short list first, its `kid` may only pick one of the keys that our own JWKS gave, and all claims are required.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jose import jwk, jwt
from jose.backends.base import Key
from jose.exceptions import ExpiredSignatureError, JOSEError

from fiapx_common.errors import Unauthenticated, Unavailable

ALGORITHM = "ES256"
TYPE = "at+jwt"
"""RFC 9068: says that it is an access token, so that no other token of ours can pass for one."""
MAX_TOKEN_CHARACTERS = 4096
MAX_CLOCK_SKEW_S = 30
"""How far ahead of ours the signer's clock may be."""

_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}", re.ASCII)
_ISSUED = {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}
_REQUIRED = {f"require_{claim}": True for claim in ("exp", "iat", "aud", "iss", "sub", "jti")}


class TokenRefused(Unauthenticated):
    """Not a token of ours, or one that was changed."""

    def __init__(self, why: str) -> None:
        super().__init__("invalid_token", f"The access token is not valid: {why}.")


class TokenExpired(Unauthenticated):
    """Was one of ours; a refresh gives a new one."""

    def __init__(self) -> None:
        super().__init__("token_expired", "The access token has expired.")


class JwksUnusable(Unavailable):
    """What should have been our public keys is something else."""

    def __init__(self, why: str) -> None:
        super().__init__("jwks_unusable", f"The public keys cannot be used: {why}.")


@dataclass(frozen=True)
class Claims:
    """Who is asking, in which session, until when."""

    sub: UUID
    sid: UUID
    jti: UUID
    iat: datetime
    exp: datetime


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies, made once: reading it anew for each token costs more than the check."""

    kid: str
    key: Key


def new_private_key() -> str:
    """A fresh P-256 key as PKCS#8 PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_jwk(private_pem: str, kid: str) -> dict[str, str]:
    """The public half as a JWK (RFC 7517)."""
    private = load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise TypeError("not a P-256 key")
    public = jwk.construct(private.public_key(), ALGORITHM).to_dict()
    return {"kty": "EC", "crv": "P-256", "x": public["x"], "y": public["y"], "kid": kid, "use": "sig", "alg": ALGORITHM}


def write_jwks(keys: Iterable[Mapping[str, str]]) -> str:
    """A JWK set of public keys."""
    return json.dumps({"keys": [dict(key) for key in keys]}, separators=(",", ":"))


def read_jwks(text: str) -> dict[str, PublicKey]:
    """Our own JWK set, by `kid`. Anything in it but public ES256 keys spoils the whole of it."""
    try:
        keys = [_read_jwk(each) for each in _strict_json(text)["keys"]]
    except (JOSEError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise JwksUnusable(str(error) or type(error).__name__) from error
    if len({key.kid for key in keys}) != len(keys):
        raise JwksUnusable("two keys of one name")
    return {key.kid: key for key in keys}


class TokenSigner:
    """Signs with one private key."""

    def __init__(self, private_pem: str, kid: str, issuer: str, audience: str) -> None:
        self._key = jwk.construct(private_pem, ALGORITHM)
        self._header = {"typ": TYPE, "kid": kid}
        self._issued = {"iss": issuer, "aud": audience}

    def sign(self, sub: UUID, sid: UUID, ttl_s: int, extra: Mapping[str, str] | None = None) -> str:
        """An access token for a user's session. `extra` adds claims and cannot replace any."""
        if extra and not _ISSUED.isdisjoint(extra):
            raise ValueError("a claim that is set already")
        now = int(datetime.now(UTC).timestamp())
        claims: dict[str, Any] = {
            **(extra or {}),
            **self._issued,
            "sub": str(sub),
            "sid": str(sid),
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + ttl_s,
        }
        token: str = jwt.encode(claims, self._key, algorithm=ALGORITHM, headers=self._header)
        return token


class TokenVerifier:
    """Verifies offline, with keys that the caller got from our JWKS."""

    def __init__(self, issuer: str, audience: str) -> None:
        self._issuer = issuer
        self._audience = audience

    def verify(self, token: str, keys: Mapping[str, PublicKey]) -> Claims:
        """The claims, or TokenRefused, or TokenExpired."""
        key = keys.get(unverified_kid(token))
        if key is None:
            raise TokenRefused("an unknown key")
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                options=_REQUIRED,
            )
        except ExpiredSignatureError as error:
            raise TokenExpired from error
        except (JOSEError, ValueError, TypeError, OverflowError) as error:
            raise TokenRefused("its signature or a claim is wrong") from error
        return _read_claims(claims, self._audience)


def unverified_kid(token: str) -> str:
    """Which key the token names, once its form is beyond doubt. Proves nothing; tells whether to fetch new keys."""
    if len(token) > MAX_TOKEN_CHARACTERS or not _FORM.fullmatch(token):
        raise TokenRefused("not three parts of base64url, or too long")
    try:
        header, payload = (_strict_json(_base64url(part)) for part in token.split(".")[:2])
    except (ValueError, RecursionError) as error:
        raise TokenRefused("a part that is not plain JSON") from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise TokenRefused("a part that is no JSON object")
    kid = header.get("kid")
    if not isinstance(kid, str) or header != {"alg": ALGORITHM, "typ": TYPE, "kid": kid}:
        raise TokenRefused("not the header that we write")
    return kid


def _read_claims(claims: Mapping[str, Any], audience: str) -> Claims:
    iat, exp = claims["iat"], claims["exp"]
    if type(iat) is not int or type(exp) is not int or claims["aud"] != audience:
        raise TokenRefused("a claim of another type")
    try:
        issued, expires = datetime.fromtimestamp(iat, UTC), datetime.fromtimestamp(exp, UTC)
        sub, sid, jti = (_uuid(claims.get(name)) for name in ("sub", "sid", "jti"))
    except (ValueError, OverflowError, OSError) as error:
        raise TokenRefused("a claim without meaning") from error
    if issued > datetime.now(UTC) + timedelta(seconds=MAX_CLOCK_SKEW_S):
        raise TokenRefused("issued in the future")
    return Claims(sub, sid, jti, issued, expires)


def _read_jwk(each: Mapping[str, Any]) -> PublicKey:
    kid = each["kid"]
    expected = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": ALGORITHM, "kid": kid, "x": each["x"], "y": each["y"]}
    if not isinstance(kid, str) or not kid or each != expected:
        raise ValueError("a key that is not a public ES256 key")
    return PublicKey(kid, jwk.construct(dict(each), ALGORITHM))


def _strict_json(text: str | bytes) -> Any:
    """JSON without names given twice and without NaN or Infinity, which Python reads and others read otherwise."""
    return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name given twice")
    return names


def _no_constant(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _base64url(text: str) -> bytes:
    """Only the canonical form: no second text may stand for the same bytes."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise ValueError("not canonical base64url")
    return data


def _uuid(text: object) -> UUID:
    if not isinstance(text, str) or str(UUID(text)) != text:
        raise ValueError("not a UUID in its usual form")
    return UUID(text)
