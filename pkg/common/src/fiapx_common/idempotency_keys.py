"""What services that take an `Idempotency-Key` have in common."""

import re
from typing import Final

from fiapx_common.errors import FieldError, Invalid

HEADER: Final = "Idempotency-Key"
KEY_CHARACTERS: Final = 255
_LAWFUL: Final = re.compile(rf"[ -~]{{1,{KEY_CHARACTERS}}}")


class IdempotencyKeyReused(Invalid):
    """The key belongs to a request that asked for something else."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Please send this one with a key of its own.",
            [FieldError(HEADER, "was used for another request; use a new one", "reused")],
        )


def lawful_key(given: str) -> str | None:
    """The key that a client sends; empty means none.

    Raises:
        Invalid: too long, or with other characters than printable ASCII.
    """
    if not given:
        return None
    if not _LAWFUL.fullmatch(given):
        message = f"must be 1 to {KEY_CHARACTERS} printable ASCII characters; a new UUID for each request is good"
        raise Invalid("invalid_idempotency_key", f"The header {HEADER} {message}.", [FieldError(HEADER, message)])
    return given
