"""Validators (RFC 9110, 8.8.3)."""

from hashlib import sha256


def etag_of(name: str) -> str:
    """The strong ETag of bytes that nothing else is called by: their digest, or what they were made once of."""
    return f'"{name}"'


def etag_of_bytes(body: bytes) -> str:
    """The ETag of these bytes."""
    return etag_of(sha256(body).hexdigest()[:32])


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the client says that it has these bytes; compares weakly, as the header asks for."""
    if if_none_match is None:
        return False
    told = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag.removeprefix("W/") in told or told == ["*"]
