"""E-mail addresses: which we can write to, and which are the same."""

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from fiapx_common.errors import FieldError, Invalid


class EmailInvalid(Invalid):
    """Not an address that mail can be sent to."""

    def __init__(self, why: str) -> None:
        super().__init__("invalid_email", "The e-mail address is not valid.", [FieldError("email", why)])


@dataclass(frozen=True)
class EmailAddress:
    """An address in ASCII, safe to stand in a mail's header."""

    text: str

    @property
    def key(self) -> str:
        """The same for all spellings that differ in case only."""
        return self.text.lower()


def read_email(text: str) -> EmailAddress:
    """The address, normalised; the domain is not looked up.

    Raises:
        EmailInvalid: no address, or one with a display name, quotes, control characters, or letters beyond ASCII
            before the @.
    """
    try:
        found = validate_email(text.strip(" "), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise EmailInvalid(str(error)) from error
    return EmailAddress(found.ascii_email or found.normalized)
