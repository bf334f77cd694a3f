"""SMTP with encryption, with login, and with refusals, on servers of the module's own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fiapx_common.errors import FiapxError
from fiapx_local.binaries import find
from fiapx_local.checkout import LOCAL
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.servers import Server
from fiapx_testing.waiting import PATIENCE_S
from notification_service.entities.errors import ChannelDown, LetterDeferred, LetterRefused
from notification_service.entities.languages import Language
from notification_service.entities.mails import Letter
from notification_service.repositories.smtp_channel import SmtpChannel, SmtpServer

HOST = "127.0.0.1"
MAILDEV = LOCAL / "node_modules/maildev/dist/bin/maildev.js"

Accepted = Callable[[], Awaitable[Any]]
StartMaildev = Callable[..., Awaitable[tuple[SmtpServer, Mailbox]]]
StartStrict = Callable[[str], Awaitable[tuple[int, Accepted]]]


@pytest.fixture
def letter() -> Letter:
    return Letter(
        message_id="<welcome.1@fiapx.example>",
        address=Mailbox.new_address(),
        name="Ana",
        language=Language.ENGLISH,
        subject="Hello",
        text="Hello, Ana.",
        html="<p>Hello, Ana.</p>",
        created_at=datetime.now(UTC),
        traceparent=None,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def maildev() -> AsyncIterator[StartMaildev]:
    """Starts servers with the options that it is called with, one for each set; every test has its own address."""
    servers: dict[tuple[str, ...], tuple[SmtpServer, Mailbox]] = {}
    async with AsyncExitStack() as started:

        async def start(*options: str) -> tuple[SmtpServer, Mailbox]:
            if options not in servers:
                servers[options] = await started.enter_async_context(_maildev(options))
            return servers[options]

        yield start


@asynccontextmanager
async def _maildev(options: tuple[str, ...]) -> AsyncIterator[tuple[SmtpServer, Mailbox]]:
    smtp_port, web_port = _free_ports(2)
    places = ["--ip", HOST, "--smtp", str(smtp_port), "--web-ip", HOST, "--web", str(web_port)]
    process = await asyncio.create_subprocess_exec(find("node"), str(MAILDEV), *places, "--silent", *options)
    try:
        async with asyncio.timeout(PATIENCE_S):
            for port in (smtp_port, web_port):
                await _accepts(port)
        yield at(smtp_port), Mailbox(Server(HOST, web_port))
    finally:
        process.terminate()
        await process.wait()


async def _accepts(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            await writer.wait_closed()
            return


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def at(port: int) -> SmtpServer:
    return SmtpServer(HOST, port, "none", None, None, None, timeout_s=PATIENCE_S, sending_timeout_s=3 * PATIENCE_S)


def channel_to(server: SmtpServer) -> SmtpChannel:
    return SmtpChannel(server, "no-reply@fiapx.example", "FIAP X", "fiapx.example")


async def test_a_letter_passes_over_tls_from_the_start(
    maildev: StartMaildev, certificate: Path, letter: Letter
) -> None:
    keys = ["--incoming-cert", str(certificate), "--incoming-key", str(certificate.with_suffix(".key"))]
    server, mailbox = await maildev("--incoming-secure", *keys)
    await channel_to(replace(server, security="tls", ca_file=certificate)).send(letter)
    (mail,) = await mailbox.wait_for(letter.address)
    assert (mail.subject, mail.sender, mail.message_id) == ("Hello", "no-reply@fiapx.example", letter.message_id)


async def test_a_letter_passes_after_starttls(strict: StartStrict, certificate: Path, letter: Letter) -> None:
    port, accepted = await strict("utf8")
    await channel_to(replace(at(port), security="starttls", ca_file=certificate)).send(letter)
    assert await accepted() == {"address": letter.address, "secure": True}


async def test_after_starttls_with_a_strangers_certificate_nothing_is_sent(strict: StartStrict, letter: Letter) -> None:
    port, _ = await strict("utf8")
    with pytest.raises(ChannelDown, match="does not let us in"):
        await channel_to(replace(at(port), security="starttls")).send(letter)


@pytest.mark.parametrize(
    ("address", "meaning"),
    [
        ("refuse-550@example.com", LetterRefused),
        ("refuse-450@example.com", LetterDeferred),
        ("refuse-data-554@example.com", LetterRefused),
        ("refuse-data-451@example.com", LetterDeferred),
        ("refuse-421@example.com", ChannelDown),
    ],
)
async def test_a_servers_no_is_told_from_its_not_now(
    strict: StartStrict, letter: Letter, address: str, meaning: type[FiapxError]
) -> None:
    port, _ = await strict("utf8")
    with pytest.raises(meaning, match="as asked"):
        await channel_to(at(port)).send(replace(letter, address=address))


async def test_a_server_with_a_strangers_certificate_gets_no_letter(
    maildev: StartMaildev, certificate: Path, letter: Letter
) -> None:
    keys = ["--incoming-cert", str(certificate), "--incoming-key", str(certificate.with_suffix(".key"))]
    server, mailbox = await maildev("--incoming-secure", *keys)
    with pytest.raises(ChannelDown, match="does not let us in"):
        await channel_to(replace(server, security="tls")).send(letter)
    assert await mailbox.messages(letter.address) == []


async def test_without_starttls_on_offer_nothing_is_sent_in_the_clear(maildev: StartMaildev, letter: Letter) -> None:
    server, mailbox = await maildev("--hide-extensions", "STARTTLS")
    with pytest.raises(ChannelDown, match="does not let us in"):
        await channel_to(replace(server, security="starttls")).send(letter)
    assert await mailbox.messages(letter.address) == []


async def test_a_login_is_used_where_the_server_wants_one(maildev: StartMaildev, letter: Letter) -> None:
    server, mailbox = await maildev("--incoming-user", "fiapx", "--incoming-pass", "right")
    await channel_to(replace(server, username="fiapx", password="right")).send(letter)
    assert await mailbox.wait_for(letter.address)


@pytest.mark.parametrize(("username", "password"), [("fiapx", "wrong"), (None, None)])
async def test_a_login_that_fails_or_lacks_costs_no_letter(
    maildev: StartMaildev, letter: Letter, username: str | None, password: str | None
) -> None:
    server, _ = await maildev("--incoming-user", "fiapx", "--incoming-pass", "right")
    with pytest.raises(ChannelDown):
        await channel_to(replace(server, username=username, password=password)).send(letter)


async def test_a_letter_that_the_server_finds_too_large_is_refused_for_good(
    maildev: StartMaildev, letter: Letter
) -> None:
    server, _ = await maildev("--max-message-size", "500")
    with pytest.raises(LetterRefused, match="552"):
        await channel_to(server).send(letter)


async def test_an_address_beyond_ascii_passes_where_the_server_can(strict: StartStrict, letter: Letter) -> None:
    port, accepted = await strict("utf8")
    await channel_to(at(port)).send(replace(letter, address="josé@exämple.com"))
    assert (await accepted())["address"] in {"josé@xn--exmple-cua.com", "josé@exämple.com"}


async def test_an_address_beyond_ascii_is_refused_for_good_where_the_server_cannot(
    strict: StartStrict, letter: Letter
) -> None:
    port, _ = await strict("ascii")
    with pytest.raises(LetterRefused, match="beyond ASCII"):
        await channel_to(at(port)).send(replace(letter, address="josé@example.com"))


async def test_a_server_that_is_not_there_is_a_channel_that_is_down(letter: Letter) -> None:
    (port,) = _free_ports(1)
    with pytest.raises(ChannelDown):
        await channel_to(at(port)).send(letter)
