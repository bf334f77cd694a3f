"""Letters as MIME messages (RFC 5322, 2045 to 2047): text and HTML, nothing that a user typed outside of its place."""

import re
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Final

from typing_extensions import override

from notification_service.entities.errors import LetterRefused
from notification_service.entities.mails import Letter

_UNFIT: Final = re.compile(r'[\s<>",;:()\[\]\\\x00-\x1f\x7f]')


class _Subject(UniqueUnstructuredHeader, BaseHeader):
    """Encoded as a whole: where only some words need it, Python 3.11 loses spaces between them (gh-92081)."""

    max_count = 1

    @override
    def fold(self, *, policy: Policy) -> str:
        words = Header(str(self), "us-ascii" if self.isascii() else "utf-8", header_name=self.name)
        return f"{self.name}: {words.encode(linesep=policy.linesep)}{policy.linesep}"


_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)
_POLICY: Final = SMTP.clone(header_factory=_HEADERS)


def mime_message(letter: Letter, sender: Address) -> EmailMessage:
    """Raises LetterRefused where the address is none."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = read_address(letter.address, letter.name)
    message["Subject"] = letter.subject
    message["Date"] = letter.created_at
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    # last: content headers that are set before are moved to the first part
    message["Content-Language"] = letter.language
    return message


def read_address(address: str, name: str = "") -> Address:
    """A mailbox; a domain beyond ASCII as its A-labels.

    Raises:
        LetterRefused: not an address, or one that could smuggle words into an SMTP command.
    """
    local, _, domain = address.rpartition("@")
    if not local or not domain or _UNFIT.search(address):
        raise LetterRefused("The address is not a mail address.")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
        if local.isascii():
            return Address(name, addr_spec=f"{local}@{ascii_domain}")
        # RFC 6531: the parser knows none of these
        return Address(name, username=local, domain=Address(addr_spec=f"x@{ascii_domain}").domain)
    except (ValueError, IndexError, HeaderParseError) as error:  # the parser meets odd input with any of these
        raise LetterRefused("The address is not a mail address.") from error
