"""Strong validators (RFC 9110, 8.8.3)."""


def etag_of(sha256: str) -> str:
    """The ETag of bytes with this digest."""
    return f'"{sha256}"'


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the client says that it has these bytes; compares weakly, as the header asks for."""
    if if_none_match is None:
        return False
    told = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in told or told == ["*"]
