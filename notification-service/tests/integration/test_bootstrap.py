"""Starting, being well, stopping."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fiapx_common.postgres import OldSchema
from fiapx_common.running import Started
from fiapx_common.settings import BrokerSettings, PostgresSettings
from fiapx_models.events import UserRegistered
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.plugin import CreateDatabase
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S
from notification_service.bootstrap import running
from notification_service.settings import Settings, SmtpSettings
from pydantic import SecretStr, ValidationError
from sqlalchemy.engine import make_url

Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]


@pytest_asyncio.fixture(loop_scope="module")
async def service(settings: Settings) -> AsyncIterator[Started]:
    """One test's own: it must not take the events and mails of services that other tests start."""
    async with running(settings) as started:
        yield started


async def ask(service: Started, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=f"http://{service.ops}", trust_env=False, timeout=PATIENCE_S) as operator:
        return await operator.get(path)


async def test_the_service_is_ready_without_smtp(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"smtp": SmtpSettings(host="127.0.0.1", port=9, timeout_s=1)})
    async with running(nowhere) as service:
        answer = await ask(service, "/health/ready")
        assert answer.json() == {
            "status": "ready",
            "checks": {"postgres": "ok", "broker": "ok", "consumer": "ok"},
        }


async def test_the_service_is_live_but_not_ready_while_the_broker_is_away_and_ready_soon_after(
    settings: Settings, proxy: OpenProxy, eventually: Eventually
) -> None:
    url = httpx.URL(settings.broker.url.get_secret_value())
    between = await proxy(url.host, url.port or 5672)
    through = SecretStr(str(url.copy_with(host=between.host, port=between.port)))
    behind = settings.model_copy(update={"broker": BrokerSettings(url=through, timeout_s=PATIENCE_S, heartbeat_s=2)})
    async with running(behind) as service:
        between.cut()
        await asyncio.sleep(0.5)
        assert (await ask(service, "/health/ready")).status_code == 503
        assert (await ask(service, "/health/live")).status_code == 200
        between.forward()

        async def ready() -> bool:
            return (await ask(service, "/health/ready")).status_code == 200

        await eventually(ready)


async def test_the_service_refuses_to_start_on_an_old_schema(
    settings: Settings, postgres_database: CreateDatabase
) -> None:
    empty = postgres_database("notification")
    old = settings.model_copy(update={"postgres": PostgresSettings(dsn=SecretStr(empty.dsn))})
    with pytest.raises(OldSchema):
        async with running(old):
            pass


async def test_mails_are_counted(service: Started, known: UserRegistered, eventually: Eventually) -> None:
    async def none_is_queued() -> str | None:
        text = (await ask(service, "/metrics")).text
        return text if "fiapx_mails_queued 0.0" in text else None

    text = await eventually(none_is_queued)
    assert 'fiapx_mails_total{kind="welcome",result="queued"}' in text
    assert 'fiapx_mails_total{kind="welcome",result="sent"}' in text


async def test_a_mail_under_way_is_finished_when_the_service_stops(
    *, settings: Settings, proxy: OpenProxy, ana: UserRegistered, tell: Tell, query: Query, eventually: Eventually,
    mailbox: Mailbox,
) -> None:  # fmt: skip
    slow = await proxy(settings.smtp.host, settings.smtp.port)
    slow.delay(0.1)
    smtp = SmtpSettings(host=slow.host, port=slow.port, timeout_s=PATIENCE_S)
    async with running(settings.model_copy(update={"smtp": smtp})):
        await tell(ana)
        await eventually(lambda: query("SELECT 1 FROM mails WHERE tries = 1"))
    assert await query("SELECT 1 FROM mails WHERE status = 'sent'")
    assert len(await mailbox.messages(ana.email)) == 1


async def test_old_rows_are_forgotten_and_what_waits_is_kept(
    settings: Settings, query: Query, known: UserRegistered, eventually: Eventually
) -> None:
    await query("UPDATE mails SET created_at = now() - interval '91 days'")
    await query(
        "INSERT INTO mails SELECT gen_random_uuid(), kind, gen_random_uuid(), 1, user_id, language, facts, subject,"
        " 'waits', traceparent, 'queued', tries, now() + interval '1 h', failure, created_at, NULL FROM mails"
    )
    await query("INSERT INTO inbox VALUES ('old', 'outcomes', now() - interval '91 days'), ('new', 'outcomes', now())")
    async with running(settings):

        async def swept() -> bool:
            return [row["message_id"] for row in await query("SELECT message_id FROM inbox")] == ["new"]

        await eventually(swept)
    assert [row["message_id"] for row in await query("SELECT message_id FROM mails")] == ["waits"]


async def test_sweeping_goes_on_after_the_database_was_away(
    settings: Settings, proxy: OpenProxy, query: Query, eventually: Eventually
) -> None:
    url = make_url(settings.postgres.dsn.get_secret_value())
    between = await proxy(str(url.host), url.port or 5432)
    through = url.set(host=between.host, port=between.port).render_as_string(hide_password=False)
    postgres = PostgresSettings(dsn=SecretStr(through), timeout_s=PATIENCE_S)
    async with running(settings.model_copy(update={"postgres": postgres, "sweep_every_s": 0.1})):
        between.cut()
        await asyncio.sleep(1)
        between.forward()
        await query("INSERT INTO inbox VALUES ('old', 'outcomes', now() - interval '91 days')")

        async def swept() -> bool:
            return not await query("SELECT 1 FROM inbox")

        await eventually(swept)


def test_a_lease_must_outlast_the_slowest_sending(settings: Settings) -> None:
    with pytest.raises(ValidationError, match="or mails go out twice"):
        Settings.model_validate(
            {**settings.model_dump(), "smtp": {"host": "mail", "timeout_s": settings.sender.lease_s / 3}}
        )
