"""What an SMTP server's answer to a letter means (RFC 5321, 4.2): never, not this one now, or none now."""

import re
from typing import Final

import aiosmtplib
from fiapx_common.errors import FiapxError

from notification_service.entities.errors import ChannelDown, LetterDeferred, LetterRefused

_PERMANENT: Final = range(500, 600)
_OF_THE_CHANNEL: Final = frozenset({421, 530, 535})
"""Closing down; login required; login failed."""
_TOO_LARGE: Final = frozenset({452, 552})
"""May come with the sender already, since SIZE is told there (RFC 1870)."""

_ADDRESS: Final = re.compile(r"[^\s<>]+@[^\s<>]+")


def verdict(error: Exception) -> FiapxError:
    """Of an error after the greeting and the login."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[first, *_]):
            return verdict(first)
        case aiosmtplib.SMTPSenderRefused(code=code) if code not in _TOO_LARGE:
            # about us, not about the letter: an operator has something to set right
            return ChannelDown(f"The SMTP server refuses our address: {told(error)}.")
        case aiosmtplib.SMTPResponseException():
            return _verdict_by_code(error)
        case aiosmtplib.SMTPNotSupported():
            return LetterRefused("The SMTP server takes no addresses beyond ASCII.")
        case _:
            return ChannelDown(f"The connection to the SMTP server broke: {told(error)}.")


def _verdict_by_code(error: aiosmtplib.SMTPResponseException) -> FiapxError:
    if error.code in _OF_THE_CHANNEL:
        return ChannelDown(f"The SMTP server takes nothing: {told(error)}.")
    if error.code in _PERMANENT:
        return LetterRefused(f"The SMTP server refuses the mail: {told(error)}.")
    return LetterDeferred(f"The SMTP server does not take the mail now: {told(error)}.")


def told(error: Exception) -> str:
    """An error in few words: the server's own where it spoke, without addresses, since it is logged and traced."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _ADDRESS.sub("…", f"{error.code} {error.message}")
    return _ADDRESS.sub("…", f"{type(error).__name__} {error}".strip())
