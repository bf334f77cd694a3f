"""Mail by SMTP (RFC 5321).

Needs: a server that relays for us, with or without login. Breaks: when that server says 250 and loses the mail.
A new connection for each mail: nothing half-open is ever used again.
"""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Literal

import aiosmtplib
import structlog
from fiapx_common.metrics import calling
from opentelemetry import propagate, trace

from notification_service.entities.errors import ChannelDown, LetterDeferred
from notification_service.entities.mails import Letter
from notification_service.repositories.mail_queue import TRACEPARENT
from notification_service.repositories.mime import mime_message, read_address
from notification_service.repositories.smtp_answers import told, verdict

log = structlog.get_logger(__name__)
_FAILURES: Final = (aiosmtplib.SMTPException, OSError)  # time-outs and TLS errors are OSErrors
_FAREWELL_S: Final = 1.0
_tracer = trace.get_tracer(__name__)


@dataclass(frozen=True)
class SmtpServer:
    """Where mails go, and how."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    ca_file: Path | None
    username: str | None
    password: str | None
    timeout_s: float
    """For each step."""
    sending_timeout_s: float
    """For all steps of one mail."""


class SmtpChannel:
    """A port's `NotificationChannel`."""

    def __init__(self, server: SmtpServer, address: str, name: str, domain: str) -> None:
        """`address` and `name` write; `domain` is how we greet the server. Raises LetterRefused: no address."""
        self._server = server
        self._sender = read_address(address, name)
        self._domain = domain
        self._tls = None if server.security == "none" else _tls_context(server.ca_file)

    async def send(self, letter: Letter) -> None:
        message = mime_message(letter, self._sender)
        context = propagate.extract({TRACEPARENT: letter.traceparent}) if letter.traceparent else None
        attributes: dict[str, str | int] = {
            "network.protocol.name": "smtp",
            "server.address": self._server.host,
            "server.port": self._server.port,
            "fiapx.mail.message_id": letter.message_id,
        }
        with _tracer.start_as_current_span("smtp send", context, trace.SpanKind.CLIENT, attributes):
            client = self._client()
            try:
                with calling("smtp", "send", answers=(LetterDeferred,)):
                    await self._within_time(client, message)
                log.info("mail.accepted", message_id=letter.message_id)
            finally:
                await _leave(client)

    async def _within_time(self, client: aiosmtplib.SMTP, message: EmailMessage) -> None:
        try:
            async with asyncio.timeout(self._server.sending_timeout_s):
                await self._open(client)
                await self._submit(client, message)
        except TimeoutError as error:
            raise ChannelDown("The SMTP server is too slow.") from error

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.security == "tls",
            start_tls=self._server.security == "starttls",
            tls_context=self._tls,
            local_hostname=self._domain,
            username=self._server.username,
            password=self._server.password,
            timeout=self._server.timeout_s,
        )

    async def _open(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.connect()
        except _FAILURES as error:
            raise ChannelDown(f"The SMTP server does not let us in: {told(error)}.") from error

    async def _submit(self, client: aiosmtplib.SMTP, message: EmailMessage) -> None:
        recipients = [mailbox.addr_spec for mailbox in message["To"].addresses]
        try:
            await client.send_message(message, sender=self._sender.addr_spec, recipients=recipients)
        except _FAILURES as error:
            raise verdict(error) from error


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Politely if it can be had quickly. Whatever was accepted before stays accepted."""
    with suppress(*_FAILURES):
        if client.is_connected:
            async with asyncio.timeout(_FAREWELL_S):
                await client.quit()
    client.close()


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
