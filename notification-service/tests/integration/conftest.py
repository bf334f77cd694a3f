"""The service on real servers, entered through `running()` once per module, and what tests ask of it.

Modules whose tests start services themselves have the database and the broker to themselves, too.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from fiapx_common.messaging import Envelope, connect
from fiapx_common.postgres import create_engine, transaction, upgrade
from fiapx_common.running import Started
from fiapx_common.settings import BrokerSettings, PostgresSettings
from fiapx_models.events import Event, MailedLink, UserRegistered, VideoEnded
from fiapx_models.media import Failure
from fiapx_testing import per_module
from fiapx_testing.brokers import Broker
from fiapx_testing.databases import Database, Databases
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.receivers import Receiver, receiving
from fiapx_testing.servers import Servers
from fiapx_testing.telling import Teller
from fiapx_testing.waiting import PATIENCE_S
from notification_service.bootstrap import running
from notification_service.controllers.notification_events import QUEUE
from notification_service.entities.webhooks import EVENT_TYPES, new_secret
from notification_service.settings import SenderSettings, Settings, SmtpSettings, WebhookSettings
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from . import smtp_servers

MIGRATIONS = Path(__file__).parents[2] / "migrations"

Query = Callable[..., Awaitable[Sequence[sa.RowMapping]]]
Tell = Callable[..., Awaitable[None]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


def migrate(owner_dsn: str) -> None:
    asyncio.run(upgrade(owner_dsn, MIGRATIONS))


broker, proxy = per_module.broker, per_module.proxy
certificate, strict = smtp_servers.certificate, smtp_servers.strict


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    per_module.in_modules_loop(items, Path(__file__).parent)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    made = databases.create("notification", migrate)
    yield made
    databases.give_back(made)


@pytest.fixture(autouse=True)
def _nothing_of_other_tests(request: pytest.FixtureRequest) -> None:
    """Each test begins with empty queues and tables. A mail still under way then has no row to be noted in."""
    if "broker" in request.fixturenames:
        request.getfixturevalue("_no_messages")
    if "database" in request.fixturenames:
        request.getfixturevalue("databases").delete_rows(request.getfixturevalue("database"))


@pytest_asyncio.fixture(loop_scope="module")
async def _no_messages(teller: Teller) -> None:
    await teller.forget()


@pytest.fixture(scope="module")
def settings(database: Database, broker: Broker, servers: Servers) -> Settings:
    """Of services that nothing but this module uses."""
    return Settings(
        postgres=PostgresSettings(dsn=SecretStr(database.dsn), timeout_s=PATIENCE_S),
        broker=BrokerSettings(url=SecretStr(broker.url), timeout_s=PATIENCE_S),
        smtp=SmtpSettings(host=servers.smtp.host, port=servers.smtp.port, timeout_s=PATIENCE_S),
        sender=SenderSettings(lease_s=4 * PATIENCE_S, poll_s=0.2),
        webhooks=WebhookSettings(
            private_targets=True,
            poll_s=0.1,
            schedule_s=[0.2, 0.4],
            read_timeout_s=PATIENCE_S,
            total_timeout_s=PATIENCE_S,
            lease_s=4 * PATIENCE_S,
        ),
        public_url="https://frames.example/",
        migrations_dir=MIGRATIONS,
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A user's program that listens."""
    with receiving() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(settings: Settings) -> AsyncIterator[Started]:
    async with running(settings) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def teller(settings: Settings) -> AsyncIterator[Teller]:
    async with connect(settings.broker, "tests") as connection:
        yield Teller(connection, QUEUE)


@pytest.fixture
def tell(teller: Teller) -> Tell:
    """Tells the service: `tell(event)`, or `tell(event, message_id)` to repeat one. Needs somebody who listens."""

    async def publish(event: Event, message_id: UUID | None = None, at: datetime | None = None) -> None:
        envelope = Envelope(
            type=event.TYPE,
            subject=event.subject(),
            body=event.model_dump_json().encode(),
            id=message_id or uuid4(),
            time=at or datetime.now(UTC),
        )
        await teller.tell(envelope)

    return publish


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    """The tests' own look into the database."""
    made = create_engine(PostgresSettings(dsn=SecretStr(database.dsn)), "tests")
    yield made
    await made.dispose()


@pytest.fixture
def query(engine: AsyncEngine) -> Query:
    """Rows of a statement; `query("SELECT … :id", id=…)`. What it changes is committed."""

    async def run(statement: str, **values: object) -> Sequence[sa.RowMapping]:
        async with transaction(engine) as connection:
            found = await connection.execute(sa.text(statement), values)
            rows = found.mappings().all() if found.returns_rows else []
            await connection.commit()
            return rows

    return run


@pytest.fixture
def eventually() -> Eventually:
    """Asks until the answer is true, with patience, and gives it back; raises TimeoutError."""

    async def wait(question: Callable[[], Awaitable[Any]]) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if answer := await question():
                    return answer
                await asyncio.sleep(0.05)

    return wait


@pytest.fixture
def sign_up() -> Callable[..., UserRegistered]:
    """Somebody new: `sign_up(locale="pt-BR", name="Ana")`."""

    def make(locale: str = "en", name: str = "Ana Souza", verification: MailedLink | None = None) -> UserRegistered:
        return UserRegistered(
            user_id=uuid4(), email=Mailbox.new_address(), name=name, locale=locale, verification=verification
        )

    return make


@pytest.fixture
def ana(sign_up: Callable[..., UserRegistered]) -> UserRegistered:
    """Somebody who reads English."""
    return sign_up()


@pytest_asyncio.fixture(loop_scope="module")
async def known(
    service: Started, ana: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> UserRegistered:
    """Ana, welcomed already."""
    await tell(ana)
    await eventually(lambda: query("SELECT 1 FROM mails WHERE status = 'sent'"))
    return ana


@pytest.fixture
def completed() -> Callable[..., VideoEnded]:
    """A good end: `completed(user, filename=…, frame_count=…, attempt=…, video_id=…, warnings=…)`."""

    def make(user: UserRegistered, **fields: Any) -> VideoEnded:
        usual = {
            "video_id": uuid4(),
            "attempt": 1,
            "filename": "holiday.mp4",
            "frame_count": 1234,
            "finished_at": datetime.now(UTC),
        }
        return VideoEnded.model_validate({**usual, **fields, "user_id": user.user_id})

    return make


@pytest.fixture
def subscribe(query: Query) -> Callable[..., Awaitable[bytes]]:
    """A webhook that is there: `subscribe(user, url, "video.failed.v1")`; gives its secret. Without types: all."""

    async def add(user: UserRegistered, url: str, *events: str) -> bytes:
        secret = new_secret()
        await query(
            "INSERT INTO webhooks (id, user_id, url, events, description, secret, created_at, leased_until,"
            " rests_until) VALUES (gen_random_uuid(), :user, :url, :events, '', :secret, now(), now(), now())",
            user=user.user_id,
            url=url,
            events=list(events or EVENT_TYPES),
            secret=secret,
        )
        return secret

    return add


@pytest.fixture
def failed() -> Callable[..., VideoEnded]:
    """A bad end: `failed(user, filename=…, code=…, attempt=…, video_id=…)`."""

    def make(user: UserRegistered, code: str = "damaged", **fields: Any) -> VideoEnded:
        usual = {
            "video_id": uuid4(),
            "attempt": 1,
            "filename": "broken.mp4",
            "error": Failure(code=code, message="The English message.", hint="The English hint."),
            "finished_at": datetime.now(UTC),
        }
        return VideoEnded.model_validate({**usual, **fields, "user_id": user.user_id})

    return make
