"""Access tokens and what passes for one: every forgery here is refused."""

import base64
import hashlib
import hmac
import json
import string
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from fiapx_common.tokens import (
    JwksUnusable,
    PublicKey,
    TokenExpired,
    TokenRefused,
    TokenSigner,
    TokenVerifier,
    new_private_key,
    public_jwk,
    read_jwks,
    write_jwks,
)
from hypothesis import given
from hypothesis import strategies as st

BASE64URL = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
ISSUER, AUDIENCE, KID = "https://fiapx.test", "fiapx", "key-1"
PRIVATE = new_private_key()
OTHER = new_private_key()
KEYS = read_jwks(write_jwks([public_jwk(PRIVATE, KID)]))
SUB, SID = UUID("11111111-2222-4333-8444-555555555555"), UUID("66666666-7777-4888-9999-aaaaaaaaaaaa")
VERIFIER = TokenVerifier(ISSUER, AUDIENCE)
SIGNER = TokenSigner(PRIVATE, KID, ISSUER, AUDIENCE)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def ecdsa(message: bytes, pem: str = PRIVATE) -> bytes:
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


HEADER: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": KID}


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(SUB), "sid": str(SID), "jti": str(uuid4())}
    return {**good, "iat": now, "exp": now + 900, **changed}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in claims().items() if key != name}


def forged(
    header: Mapping[str, Any] | str | bytes = HEADER,
    payload: Mapping[str, Any] | str | bytes | None = None,
    sign: Callable[[bytes], bytes] = ecdsa,
) -> str:
    """A token with any content, signed by default with the right key."""
    parts = []
    for part in (header, claims() if payload is None else payload):
        text = part if isinstance(part, str | bytes) else json.dumps(part)
        parts.append(b64(text.encode() if isinstance(text, str) else text))
    signed = ".".join(parts)
    return f"{signed}.{b64(sign(signed.encode()))}"


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda message: hmac.new(secret, message, hashlib.sha256).digest()


def public_bytes(encoding: Encoding) -> bytes:
    key = load_pem_private_key(PRIVATE.encode(), None)
    return key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def swapped_signature() -> str:
    head, body, _ = SIGNER.sign(SUB, SID, 900).split(".")
    return f"{head}.{body}.{SIGNER.sign(SUB, SID, 900).split('.')[2]}"


def der_signature(message: bytes) -> bytes:
    key = load_pem_private_key(PRIVATE.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def rs256(message: bytes) -> bytes:
    return rsa.generate_private_key(65537, 2048).sign(message, PKCS1v15(), hashes.SHA256())


OTHER_JWK = public_jwk(OTHER, KID)
DEEP = "[" * 1400 + "]" * 1400


def uncanonical() -> str:
    """Another spelling of the same header: the last letter's unused bits are set."""
    head = b64(json.dumps({**HEADER, "kid": KID}, separators=(",", ":")).encode())
    assert len(head) % 4
    spelled = head[:-1] + chr(ord(head[-1]) + 1)
    signed = f"{spelled}.{b64(json.dumps(claims()).encode())}"
    return f"{signed}.{b64(ecdsa(signed.encode()))}"


FORGERIES: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "one part": lambda: "abc",
    "four parts": lambda: SIGNER.sign(SUB, SID, 900) + ".abc",
    "a megabyte": lambda: forged(payload=claims(pad="x" * 1_000_000)),
    "a megabyte of dots": lambda: "." * 1_000_000,
    "a trailing newline": lambda: SIGNER.sign(SUB, SID, 900) + "\n",
    "a leading space": lambda: " " + SIGNER.sign(SUB, SID, 900),
    "padding": lambda: SIGNER.sign(SUB, SID, 900) + "==",
    "letters that look like ASCII": lambda: SIGNER.sign(SUB, SID, 900).replace("e", "\u0435"),
    "alg none, no signature": lambda: forged({**HEADER, "alg": "none"}, sign=lambda _: b""),
    "alg none, signature": lambda: forged({**HEADER, "alg": "none"}),
    "alg NoNe": lambda: forged({**HEADER, "alg": "NoNe"}, sign=lambda _: bytes(64)),
    "alg missing": lambda: forged({"typ": "at+jwt", "kid": KID}),
    "alg a list": lambda: forged({**HEADER, "alg": ["ES256"]}),
    "alg es256": lambda: forged({**HEADER, "alg": "es256"}),
    "HS256 with the public PEM": lambda: forged({**HEADER, "alg": "HS256"}, sign=hs256(public_bytes(Encoding.PEM))),
    "HS256 with the public DER": lambda: forged({**HEADER, "alg": "HS256"}, sign=hs256(public_bytes(Encoding.DER))),
    "HS256 with the JWK": lambda: forged(
        {**HEADER, "alg": "HS256"}, sign=hs256(json.dumps(public_jwk(PRIVATE, KID)).encode())
    ),
    "HS512 with 64 bytes": lambda: forged(
        {**HEADER, "alg": "HS512"}, sign=lambda message: hmac.digest(public_bytes(Encoding.DER), message, "sha512")
    ),
    "RS256": lambda: forged({**HEADER, "alg": "RS256"}, sign=rs256),
    "ES384 named": lambda: forged({**HEADER, "alg": "ES384"}),
    "an empty signature": lambda: forged(sign=lambda _: b""),
    "a signature of zeros": lambda: forged(sign=lambda _: bytes(64)),
    "a DER signature": lambda: forged(sign=der_signature),
    "another token's signature": swapped_signature,
    "another key under our kid": lambda: forged(sign=lambda message: ecdsa(message, OTHER)),
    "kid missing": lambda: forged({"alg": "ES256", "typ": "at+jwt"}),
    "kid unknown": lambda: forged({**HEADER, "kid": "key-2"}),
    "kid empty": lambda: forged({**HEADER, "kid": ""}),
    "kid a path": lambda: forged({**HEADER, "kid": "../../dev/null"}, sign=hs256(b"")),
    "kid SQL": lambda: forged({**HEADER, "kid": "' OR '1'='1"}),
    "kid a number": lambda: forged({**HEADER, "kid": 1}),
    "kid a list": lambda: forged({**HEADER, "kid": [KID]}),
    "jku": lambda: forged({**HEADER, "jku": "https://evil.test/jwks.json"}, sign=lambda m: ecdsa(m, OTHER)),
    "jku, rightly signed": lambda: forged({**HEADER, "jku": "https://evil.test/jwks.json"}),
    "x5u": lambda: forged({**HEADER, "x5u": "https://evil.test/cert.pem"}, sign=lambda m: ecdsa(m, OTHER)),
    "x5c": lambda: forged({**HEADER, "x5c": ["AAAA"]}),
    "jwk": lambda: forged({**HEADER, "jwk": OTHER_JWK}, sign=lambda m: ecdsa(m, OTHER)),
    "crit": lambda: forged({**HEADER, "crit": ["exp"]}),
    "crit of an extension": lambda: forged({**HEADER, "crit": ["b64"], "b64": False}),
    "zip": lambda: forged({**HEADER, "zip": "DEF"}),
    "a refresh token's typ": lambda: forged({**HEADER, "typ": "rt+jwt"}),
    "typ JWT": lambda: forged({**HEADER, "typ": "JWT"}),
    "typ missing": lambda: forged({"alg": "ES256", "kid": KID}),
    "alg given twice": lambda: forged('{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"key-1"}'),
    "a header in another spelling": uncanonical,
    "a header of one letter": lambda: "A.AAAA." + "A" * 86,
    "a header that is a list": lambda: forged('["ES256"]'),
    "a header that is no JSON": lambda: forged("{alg}"),
    "a header that is no UTF-8": lambda: forged(b'{"alg":"\xff"}'),
    "a payload that is a list": lambda: forged(payload="[1]"),
    "a payload that is no JSON": lambda: forged(payload="hello"),
    "a payload nested too deep": lambda: forged(payload=DEEP),
    "sub given twice": lambda: forged(payload=json.dumps(claims())[:-1] + f', "sub": "{uuid4()}"}}'),
    "exp NaN": lambda: forged(payload=claims(exp=float("nan"))),
    "exp Infinity": lambda: forged(payload=claims(exp=float("inf"))),
    "exp 1e999": lambda: forged(payload=json.dumps(claims(exp=0)).replace('"exp": 0', '"exp": 1e999')),
    "exp of 5000 digits": lambda: forged(payload=json.dumps(claims(exp=0)).replace('"exp": 0', '"exp": ' + "9" * 5000)),
    "exp of 40 digits": lambda: forged(payload=claims(exp=10**40)),
    "exp text": lambda: forged(payload=claims(exp=str(int(time.time()) + 900))),
    "exp a fraction": lambda: forged(payload=claims(exp=time.time() + 900.5)),
    "exp null": lambda: forged(payload=claims(exp=None)),
    "exp missing": lambda: forged(payload=without("exp")),
    "iat missing": lambda: forged(payload=without("iat")),
    "iat text": lambda: forged(payload=claims(iat="1")),
    "iat true": lambda: forged(payload=claims(iat=True)),
    "iat in the future": lambda: forged(payload=claims(iat=int(time.time()) + 600)),
    "nbf in the future": lambda: forged(payload=claims(nbf=int(time.time()) + 600)),
    "aud missing": lambda: forged(payload=without("aud")),
    "aud another": lambda: forged(payload=claims(aud="other")),
    "aud a list with ours": lambda: forged(payload=claims(aud=["other", AUDIENCE])),
    "aud empty": lambda: forged(payload=claims(aud=[])),
    "iss missing": lambda: forged(payload=without("iss")),
    "iss another": lambda: forged(payload=claims(iss="https://evil.test")),
    "iss a list": lambda: forged(payload=claims(iss=[ISSUER])),
    "sub missing": lambda: forged(payload=without("sub")),
    "sub a name": lambda: forged(payload=claims(sub="admin")),
    "sub a number": lambda: forged(payload=claims(sub=1)),
    "sub in another spelling": lambda: forged(payload=claims(sub=f"{{{SUB}}}")),
    "sid missing": lambda: forged(payload=without("sid")),
    "jti missing": lambda: forged(payload=without("jti")),
    "jti empty": lambda: forged(payload=claims(jti="")),
}


def test_a_signed_token_tells_user_and_session() -> None:
    found = VERIFIER.verify(SIGNER.sign(SUB, SID, 900), KEYS)
    assert (found.sub, found.sid, (found.exp - found.iat).total_seconds()) == (SUB, SID, 900)


def test_a_token_made_by_hand_as_we_make_it_is_taken() -> None:
    # Shows that the forgeries below are refused for what is wrong with them, not for how this file builds them.
    assert VERIFIER.verify(forged(), KEYS).sub == SUB


@pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in FORGERIES.items()])
def test_a_forged_token_is_refused(make: Callable[[], str]) -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(make(), KEYS)


def test_an_expired_token_is_told_apart() -> None:
    now = int(time.time())
    with pytest.raises(TokenExpired):
        VERIFIER.verify(forged(payload=claims(iat=now - 1000, exp=now - 1)), KEYS)


def test_an_expired_forgery_is_a_forgery() -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(forged(payload=claims(exp=1), sign=lambda message: ecdsa(message, OTHER)), KEYS)


def test_no_key_at_all_refuses_everything() -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(SIGNER.sign(SUB, SID, 900), {})


def test_each_token_has_its_own_id() -> None:
    made = {VERIFIER.verify(SIGNER.sign(SUB, SID, 900), KEYS).jti for _ in range(5)}
    assert len(made) == 5


def test_tokens_of_an_old_and_a_new_key_are_both_taken_while_both_are_served() -> None:
    both = read_jwks(write_jwks([public_jwk(PRIVATE, KID), public_jwk(OTHER, "key-2")]))
    new = TokenSigner(OTHER, "key-2", ISSUER, AUDIENCE)
    assert {VERIFIER.verify(signer.sign(SUB, SID, 900), both).sub for signer in (SIGNER, new)} == {SUB}


def test_an_extra_claim_is_carried() -> None:
    token = SIGNER.sign(SUB, SID, 900, {"scope": "videos:read"})
    payload = token.split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(payload + "=="))["scope"] == "videos:read"


def test_an_extra_claim_cannot_replace_one_of_ours() -> None:
    with pytest.raises(ValueError, match="set already"):
        SIGNER.sign(SUB, SID, 900, {"sub": "somebody else"})


@given(st.text(max_size=300))
def test_any_text_is_refused_without_another_error(text: str) -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.verify(text, KEYS)


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_changed_character_makes_it_invalid(place: int, character: str) -> None:
    token = SIGNER.sign(SUB, SID, 900)
    at = place % len(token)
    changed = token[:at] + character + token[at + 1 :]
    if changed == token or (at == len(token) - 1 and signature_bits(character) == signature_bits(token[at])):
        return
    with pytest.raises(TokenRefused):
        VERIFIER.verify(changed, KEYS)


def signature_bits(last: str) -> int:
    """What the last character of 86 tells: two of its six bits belong to the 64 bytes (RFC 4648, section 3.5)."""
    return BASE64URL.find(last) >> 4


def test_the_public_jwk_holds_no_private_part() -> None:
    assert set(public_jwk(PRIVATE, KID)) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_a_key_of_another_curve_has_no_jwk() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(TypeError, match="P-256"):
        public_jwk(pem, KID)


GOOD = public_jwk(PRIVATE, KID)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("<html>", id="a page"),
        pytest.param("[]", id="a list"),
        pytest.param('{"keys": 1}', id="keys a number"),
        pytest.param(json.dumps({"keys": [{"kty": "oct", "k": "AAAA", "kid": "a", "alg": "HS256"}]}), id="a secret"),
        pytest.param(json.dumps({"keys": [{**GOOD, "d": "AAAA"}]}), id="a private key"),
        pytest.param(json.dumps({"keys": [{**GOOD, "alg": "HS256"}]}), id="alg HS256"),
        pytest.param(json.dumps({"keys": [{**GOOD, "x": GOOD["y"]}]}), id="not on the curve"),
        pytest.param(json.dumps({"keys": [{**GOOD, "x": 5}]}), id="x a number"),
        pytest.param(json.dumps({"keys": [{**GOOD, "kid": ""}]}), id="kid empty"),
        pytest.param(json.dumps({"keys": [{**GOOD, "kid": ["a"]}]}), id="kid a list"),
        pytest.param(json.dumps({"keys": [GOOD, {**OTHER_JWK, "kid": KID}]}), id="two of one kid"),
        pytest.param(json.dumps({"keys": [DEEP]}), id="text for a key"),
        pytest.param(f'{{"keys": {DEEP}}}', id="nested"),
    ],
)
def test_a_key_set_with_anything_else_in_it_is_unusable(text: str) -> None:
    with pytest.raises(JwksUnusable):
        read_jwks(text)


def test_a_key_is_read_once_and_used_often() -> None:
    key = KEYS[KID]
    token = SIGNER.sign(SUB, SID, 900)
    started = time.process_time()
    for _ in range(100):
        VERIFIER.verify(token, KEYS)
    assert isinstance(key, PublicKey)
    assert time.process_time() - started < 2.0
