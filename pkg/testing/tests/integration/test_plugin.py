"""Each fixture gives something real."""

import asyncio
import smtplib
import time
from collections.abc import Awaitable, Callable
from email.message import EmailMessage

import aio_pika
import httpx
import pytest
import redis
from fiapx_testing.brokers import Broker, QueueState
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.object_stores import StoreSettings
from fiapx_testing.plugin import CreateDatabase
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.servers import Server
from fiapx_testing.waiting import PATIENCE_S
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]


async def run(dsn: str, *statements: str) -> list[tuple[object, ...]]:
    engine = create_async_engine(dsn)
    try:
        async with engine.begin() as connection:
            for statement in statements[:-1]:
                await connection.execute(text(statement))
            result = await connection.execute(text(statements[-1]))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()


async def test_a_service_may_write_rows_into_the_tables_of_its_owner(postgres_database: CreateDatabase) -> None:
    database = postgres_database("auth")
    await run(database.owner_dsn, "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY, name text)")

    await run(database.dsn, "INSERT INTO users (name) VALUES ('ann')")

    assert await run(database.dsn, "SELECT id, name FROM users") == [(1, "ann")]


async def test_a_service_may_not_make_tables(postgres_database: CreateDatabase) -> None:
    database = postgres_database("auth")

    with pytest.raises(ProgrammingError, match="permission denied"):
        await run(database.dsn, "CREATE TABLE users (id bigint)")


async def test_a_migrated_database_is_migrated_once_and_copied_empty(postgres_database: CreateDatabase) -> None:
    migrated: list[str] = []

    def migrate(owner_dsn: str) -> None:
        migrated.append(owner_dsn)
        with asyncio.Runner() as runner:
            runner.run(run(owner_dsn, "CREATE TABLE things (id bigint)"))

    first = await asyncio.to_thread(postgres_database, "upload", migrate)
    await run(first.dsn, "INSERT INTO things VALUES (1)")
    second = await asyncio.to_thread(postgres_database, "upload", migrate)

    assert await run(second.dsn, "SELECT count(*) FROM things") == [(0,)]
    assert len(migrated) == 1


async def test_a_broker_tells_how_much_waits_in_a_queue(broker: Broker) -> None:
    connection = await aio_pika.connect(broker.url)
    async with connection, connection.channel() as channel:
        await channel.declare_queue("upload.outcomes", durable=True)
        await channel.default_exchange.publish(aio_pika.Message(b"{}"), "upload.outcomes")

    assert await broker.queue_names() == {"upload.outcomes"}
    assert await broker.queue("upload.outcomes") == QueueState(ready=1, consumers=0)


async def test_a_broker_can_cut_its_clients_off(broker: Broker) -> None:
    connection = await aio_pika.connect(broker.url)
    closed = asyncio.Event()
    connection.close_callbacks.add(lambda *_: closed.set())

    async with asyncio.timeout(PATIENCE_S):
        while not closed.is_set():
            await broker.cut_connections()

    assert closed.is_set()


def test_a_redis_database_is_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("gateway:x", "1")
        assert client.dbsize() == 1


def test_a_bucket_is_empty_and_takes_objects(object_store: StoreSettings) -> None:
    assert object_store.object_names() == set()

    object_store.client().fput_object(object_store.bucket, "sources/1", __file__)

    assert object_store.object_names() == {"sources/1"}


def test_an_emptied_bucket_has_neither_objects_nor_unfinished_uploads(object_store: StoreSettings) -> None:
    client = object_store.client()
    client.fput_object(object_store.bucket, "sources/1", __file__)
    client.create_multipart(object_store.bucket, "sources/2", "video/mp4")

    object_store.empty()

    assert object_store.object_names() == set()
    assert client.open_uploads(object_store.bucket, "") == []


async def test_a_mailbox_gets_what_was_sent_by_smtp(smtp: Server, mailbox: Mailbox) -> None:
    recipient = mailbox.new_address()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "fiapx@example.com", recipient, "Vídeo pronto"
    message["Message-ID"], message["X-Attempt"] = "<1@fiapx>", "1"
    message.set_content("pronto")
    message.add_alternative("<p>pronto</p>", subtype="html")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=PATIENCE_S) as client:
        client.send_message(message)

    [mail] = await mailbox.wait_for(recipient)

    assert (mail.subject, mail.sender, mail.recipients) == ("Vídeo pronto", "fiapx@example.com", (recipient,))
    assert (mail.text.strip(), mail.html.strip()) == ("pronto", "<p>pronto</p>")
    assert mail.message_id == "<1@fiapx>"
    assert "X-Attempt: 1" in mail.source


async def health(proxy: TcpProxy, timeout_s: float = PATIENCE_S) -> int:
    async with httpx.AsyncClient(timeout=timeout_s, trust_env=False) as client:
        return (await client.get(f"http://{proxy.address}/api/healthz")).status_code


async def test_a_proxy_forwards(proxy: OpenProxy, mailbox: Mailbox) -> None:
    faulty = await proxy(mailbox.page.host, mailbox.page.port)

    assert await health(faulty) == 200


async def test_a_proxy_delays(proxy: OpenProxy, mailbox: Mailbox) -> None:
    faulty = await proxy(mailbox.page.host, mailbox.page.port)
    faulty.delay(0.2)
    begun = time.monotonic()

    await health(faulty)

    assert time.monotonic() - begun >= 0.4


async def test_a_proxy_cuts_connections_until_it_forwards_again(proxy: OpenProxy, mailbox: Mailbox) -> None:
    faulty = await proxy(mailbox.page.host, mailbox.page.port)
    faulty.cut()
    with pytest.raises(httpx.TransportError):
        await health(faulty)

    faulty.forward()

    assert await health(faulty) == 200


async def test_a_proxy_is_silent_as_a_blackhole_until_it_forwards_again(proxy: OpenProxy, mailbox: Mailbox) -> None:
    faulty = await proxy(mailbox.page.host, mailbox.page.port)
    faulty.blackhole()
    with pytest.raises(httpx.TimeoutException):
        await health(faulty, timeout_s=0.3)

    faulty.forward()

    assert await health(faulty) == 200
