"""Tokens that mean nothing by themselves: 256 random bits, of which only a hash is kept."""

import hashlib

RANDOM_BYTES = 32


def token_hash(text: str) -> bytes:
    """SHA-256 of a token's text. With so many random bits a plain hash is enough."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
