"""Tokens that mean nothing by themselves: 256 random bits, of which only a hash is kept."""

import hashlib
import secrets
from typing import Final

_RANDOM_BYTES: Final = 32


def new_token(mark: str = "") -> str:
    """A fresh token's text. A mark at its beginning tells people and secret scanners what it is."""
    return mark + secrets.token_urlsafe(_RANDOM_BYTES)


def token_hash(text: str) -> bytes:
    """SHA-256 of a token's text. With so many random bits a plain hash is enough."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
