"""Sending, through crashes and outages: each test starts services of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from fiapx_common.settings import PostgresSettings
from fiapx_models.events import UserRegistered, VideoEnded
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.servers import Server
from fiapx_testing.waiting import PATIENCE_S
from notification_service.bootstrap import running
from notification_service.settings import SenderSettings, Settings, SmtpSettings
from pydantic import SecretStr
from sqlalchemy.engine import make_url

Completed = Callable[..., VideoEnded]
Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
StartStrict = Callable[[str], Awaitable[tuple[int, Callable[[], Awaitable[Any]]]]]
OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]


@pytest_asyncio.fixture(loop_scope="module")
async def smtp_proxy(smtp: Server, proxy: OpenProxy) -> TcpProxy:
    return await proxy(smtp.host, smtp.port)


@pytest.fixture
def behind_proxy(settings: Settings, smtp_proxy: TcpProxy) -> Settings:
    """The service reaches SMTP through a proxy with faults."""
    smtp = SmtpSettings(host=smtp_proxy.host, port=smtp_proxy.port, timeout_s=2)
    return settings.model_copy(update={"smtp": smtp})


@pytest.mark.parametrize("fault", ["cut", "blackhole"])
async def test_mails_wait_while_smtp_is_down_and_pass_soon_after(
    *,
    behind_proxy: Settings,
    smtp_proxy: TcpProxy,
    ana: UserRegistered,
    tell: Tell,
    mailbox: Mailbox,
    query: Query,
    fault: str,
) -> None:
    async with running(behind_proxy):
        getattr(smtp_proxy, fault)()
        await tell(ana)
        await asyncio.sleep(3)
        (row,) = await query("SELECT status, failure FROM mails")
        assert row["status"] == "queued"
        smtp_proxy.forward()
        mail, *_ = await mailbox.wait_for(ana.email)
        assert mail.subject == "Welcome to FIAP X"


async def test_a_slow_smtp_server_holds_up_no_event(
    *,
    behind_proxy: Settings,
    smtp_proxy: TcpProxy,
    ana: UserRegistered,
    completed: Completed,
    tell: Tell,
    query: Query,
    eventually: Eventually,
) -> None:
    async with running(behind_proxy):
        smtp_proxy.blackhole()
        await tell(ana)
        for _ in range(20):
            await tell(completed(ana))

        async def all_queued() -> bool:
            (row,) = await query("SELECT count(*) AS mails FROM mails")
            return bool(row["mails"] == 21)

        await eventually(all_queued)
        smtp_proxy.forward()


async def test_a_mail_whose_sender_died_is_sent_by_another(
    *, settings: Settings, ana: UserRegistered, tell: Tell, query: Query, mailbox: Mailbox, eventually: Eventually
) -> None:
    async with running(settings):
        await tell(ana)
        await mailbox.wait_for(ana.email)
        await eventually(lambda: query("SELECT 1 FROM mails WHERE status = 'sent'"))
    # taken by somebody who then vanished
    await query("UPDATE mails SET status = 'queued', sent_at = NULL, tries = 1, due_at = now() + interval '1 s'")
    async with running(settings):
        assert len(await mailbox.wait_for(ana.email, count=2)) == 2


async def test_two_senders_share_the_queue_and_send_each_mail_once(
    *,
    settings: Settings,
    ana: UserRegistered,
    completed: Completed,
    tell: Tell,
    query: Query,
    mailbox: Mailbox,
    eventually: Eventually,
) -> None:
    async with running(settings), running(settings):
        await tell(ana)
        for number in range(20):
            await tell(completed(ana, filename=f"{number}.mp4"))

        async def all_sent() -> bool:
            (row,) = await query("SELECT count(*) AS mails FROM mails WHERE status = 'sent'")
            return bool(row["mails"] == 21)

        await eventually(all_sent)
    mails = await mailbox.messages(ana.email)
    assert len(mails) == len({mail.message_id for mail in mails}) == 21


async def test_a_mail_is_not_tried_for_ever(
    *,
    behind_proxy: Settings,
    smtp_proxy: TcpProxy,
    ana: UserRegistered,
    tell: Tell,
    query: Query,
    eventually: Eventually,
) -> None:
    impatient = behind_proxy.model_copy(update={"sender": SenderSettings(poll_s=0.2, give_up_s=0)})
    async with running(impatient):
        smtp_proxy.cut()
        await tell(ana)
        await eventually(lambda: query("SELECT 1 FROM mails WHERE status = 'failed'"))
    (row,) = await query("SELECT failure FROM mails")
    assert row["failure"].startswith("not accepted for too long; at last: ")


@pytest_asyncio.fixture(loop_scope="module")
async def database_proxy(settings: Settings, proxy: OpenProxy) -> TcpProxy:
    url = make_url(settings.postgres.dsn.get_secret_value())
    return await proxy(str(url.host), url.port or 5432)


@pytest.fixture
def behind_proxies(settings: Settings, behind_proxy: Settings, database_proxy: TcpProxy) -> Settings:
    """The service reaches SMTP and PostgreSQL through proxies with faults."""
    url = make_url(settings.postgres.dsn.get_secret_value()).set(host=database_proxy.host, port=database_proxy.port)
    postgres = PostgresSettings(dsn=SecretStr(url.render_as_string(hide_password=False)), timeout_s=PATIENCE_S)
    return behind_proxy.model_copy(update={"postgres": postgres, "sender": SenderSettings(lease_s=7, poll_s=0.2)})


async def test_a_database_that_fails_while_a_mail_goes_out_does_not_make_it_go_out_twice(
    *,
    behind_proxies: Settings,
    database_proxy: TcpProxy,
    smtp_proxy: TcpProxy,
    ana: UserRegistered,
    tell: Tell,
    query: Query,
    mailbox: Mailbox,
    eventually: Eventually,
) -> None:
    smtp_proxy.delay(0.2)
    patient = {
        "smtp": behind_proxies.smtp.model_copy(update={"timeout_s": PATIENCE_S}),
        "sender": SenderSettings(lease_s=4 * PATIENCE_S, poll_s=0.2),
    }
    async with running(behind_proxies.model_copy(update=patient)):
        await tell(ana)
        await eventually(lambda: query("SELECT 1 FROM mails WHERE tries >= 1"))
        database_proxy.cut()
        await mailbox.wait_for(ana.email)
        await asyncio.sleep(1)
        database_proxy.forward()
        await eventually(lambda: query("SELECT 1 FROM mails WHERE status = 'sent'"))
    assert len(await mailbox.messages(ana.email)) == 1


async def test_when_everything_fails_and_comes_back_mails_pass(
    *,
    behind_proxies: Settings,
    database_proxy: TcpProxy,
    smtp_proxy: TcpProxy,
    ana: UserRegistered,
    tell: Tell,
    query: Query,
    mailbox: Mailbox,
    eventually: Eventually,
) -> None:
    async with running(behind_proxies):
        smtp_proxy.blackhole()
        await tell(ana)
        await eventually(lambda: query("SELECT 1 FROM mails WHERE tries >= 1"))
        database_proxy.cut()
        await asyncio.sleep(3)
        smtp_proxy.forward()
        database_proxy.forward()
        assert await mailbox.wait_for(ana.email)


async def test_a_mail_that_the_server_does_not_take_now_is_tried_again_later(
    *, settings: Settings, strict: StartStrict, ana: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> None:
    port, _ = await strict("utf8")
    greylisting = settings.model_copy(update={"smtp": SmtpSettings(host="127.0.0.1", port=port, timeout_s=PATIENCE_S)})
    async with running(greylisting):
        await tell(ana.model_copy(update={"email": "refuse-450@example.com"}))
        await eventually(lambda: query("SELECT 1 FROM mails WHERE failure IS NOT NULL"))
    (row,) = await query("SELECT status, due_at - now() > '20 s' AS later, failure FROM mails")
    assert (row["status"], row["later"]) == ("queued", True)
    assert "as asked" in row["failure"]
