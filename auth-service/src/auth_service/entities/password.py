"""Which passwords are good enough (NIST SP 800-63B: length, and not one that everybody tries first)."""

import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

from fiapx_common.errors import FieldError, Invalid

MIN_CHARACTERS = 8
MAX_CHARACTERS = 128
MIN_DISTINCT_CHARACTERS = 3
_DECORATION = "0123456789!@#$%&*?._-+= "


class PasswordRefused(Invalid):
    """Too short, too long, or too easily guessed."""

    def __init__(self, why: str) -> None:
        super().__init__("invalid_password", why, [FieldError("password", why)])


def new_password(text: str, email: str) -> str:
    """The password in the form that is hashed (NFKC), if it may be chosen.

    Raises:
        PasswordRefused: and why.
    """
    password = hashable(text)
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise PasswordRefused(f"The password must have {MIN_CHARACTERS} to {MAX_CHARACTERS} characters.")
    if _guessable(password.casefold(), email.casefold()):
        raise PasswordRefused("The password is one of the first that would be tried.")
    return password


def hashable(text: str) -> str:
    """The same for all ways in which keyboards send the same characters."""
    return unicodedata.normalize("NFKC", text)


def _guessable(password: str, email: str) -> bool:
    bare = password.strip(_DECORATION)
    return (
        len(set(password)) < MIN_DISTINCT_CHARACTERS
        or _is_row(password)
        or not {password, bare}.isdisjoint(_common())
        or password in {email, email.partition("@")[0]}
    )


def _is_row(password: str) -> bool:
    """As in 12345678 and hgfedcba: each character next to the one before, all in one direction."""
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return steps in ({1}, {-1})


@cache
def _common() -> frozenset[str]:
    """Common passwords, casefolded, also without what people put around them."""
    text = files("auth_service.entities").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip())
