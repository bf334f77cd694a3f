"""The service on real servers, entered through `running()`, and what tests ask of it."""

import asyncio
import ipaddress
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fiapx_common.messaging import Envelope, Publisher, connect
from fiapx_common.postgres import create_engine, transaction, upgrade
from fiapx_common.running import Started
from fiapx_common.settings import BrokerSettings, PostgresSettings
from fiapx_local.binaries import find
from fiapx_local.checkout import LOCAL
from fiapx_models.events import Event, MailedLink, UserRegistered, VideoFailed, VideoProcessed
from fiapx_models.media import Failure, Media
from fiapx_testing.brokers import Broker
from fiapx_testing.databases import Database
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.plugin import CreateDatabase
from fiapx_testing.servers import Server
from notification_service.bootstrap import running
from notification_service.settings import SenderSettings, Settings, SmtpSettings
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

STRICT = Path(__file__).with_name("smtp_server.mjs")
MIGRATIONS = Path(__file__).parents[2] / "migrations"
MEDIA = Media(duration_s=10, width=1920, height=1080, fps=30, codec="h264")

Accepted = Callable[[], Awaitable[Any]]
StartStrict = Callable[[str], Awaitable[tuple[int, Accepted]]]
Query = Callable[..., Awaitable[Sequence[sa.RowMapping]]]
Tell = Callable[..., Awaitable[None]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


def migrate(owner_dsn: str) -> None:
    asyncio.run(upgrade(owner_dsn, MIGRATIONS))


@pytest.fixture
def database(postgres_database: CreateDatabase) -> Database:
    return postgres_database("notification", migrate)


@pytest.fixture
def settings(database: Database, broker: Broker, smtp: Server) -> Settings:
    """Of a service that nothing but this test uses; a mail whose sender died is taken over soon."""
    return Settings(
        postgres=PostgresSettings(dsn=SecretStr(database.dsn)),
        broker=BrokerSettings(url=SecretStr(broker.url)),
        smtp=SmtpSettings(host=smtp.host, port=smtp.port, timeout_s=3),
        sender=SenderSettings(lease_s=10, poll_s=0.2),
        public_url="https://frames.example/",
        migrations_dir=MIGRATIONS,
    )


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Started]:
    async with running(settings) as started:
        yield started


@pytest.fixture
async def tell(settings: Settings) -> AsyncIterator[Tell]:
    """Tells the service: `tell(event)`, or `tell(event, message_id)` to repeat one. Needs somebody who listens."""
    async with connect(settings.broker, "tests") as connection:
        publisher = Publisher(connection)

        async def publish(event: Event, message_id: UUID | None = None, at: datetime | None = None) -> None:
            envelope = Envelope(
                type=event.TYPE,
                subject=event.subject(),
                body=event.model_dump_json().encode(),
                id=message_id or uuid4(),
                time=at or datetime.now(UTC),
            )
            await publisher.publish(envelope)

        yield publish


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The test's own look into the database."""
    made = create_engine(settings.postgres, "tests")
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
    """Asks until the answer is true, for at most 15 s, and gives it back; raises TimeoutError."""

    async def wait(question: Callable[[], Awaitable[Any]]) -> Any:
        async with asyncio.timeout(15):
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


@pytest.fixture
async def known(
    service: Started, ana: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> UserRegistered:
    """Ana, welcomed already."""
    await tell(ana)
    await eventually(lambda: query("SELECT 1 FROM mails WHERE status = 'sent'"))
    return ana


@pytest.fixture
def processed() -> Callable[..., VideoProcessed]:
    """A good end: `processed(user, filename=…, frame_count=…, attempt=…, video_id=…, warnings=…)`."""

    def make(user: UserRegistered, **fields: Any) -> VideoProcessed:
        usual = {
            "video_id": uuid4(),
            "attempt": 1,
            "filename": "holiday.mp4",
            "media": MEDIA,
            "frame_count": 1234,
            "archive_key": "results/x/1/frames.zip",
            "archive_bytes": 10,
            "manifest_key": "results/x/1/manifest.json",
            "finished_at": datetime.now(UTC),
        }
        return VideoProcessed.model_validate({**usual, **fields, "user_id": user.user_id})

    return make


@pytest.fixture
def failed() -> Callable[..., VideoFailed]:
    """A bad end: `failed(user, filename=…, code=…, attempt=…, video_id=…)`."""

    def make(user: UserRegistered, code: str = "damaged", **fields: Any) -> VideoFailed:
        usual = {
            "video_id": uuid4(),
            "attempt": 1,
            "filename": "broken.mp4",
            "error": Failure(code=code, message="The English message.", hint="The English hint."),
            "finished_at": datetime.now(UTC),
        }
        return VideoFailed.model_validate({**usual, **fields, "user_id": user.user_id})

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, its key beside it as `.key`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    path.with_suffix(".key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
async def strict(certificate: Path) -> AsyncIterator[StartStrict]:
    """Starts `smtp_server.mjs`; gives its port and a function that waits for the next mail that it accepted."""
    async with AsyncExitStack() as started:

        async def start(addresses: str) -> tuple[int, Accepted]:
            return await started.enter_async_context(_strict(certificate, addresses))

        yield start


@asynccontextmanager
async def _strict(certificate: Path, addresses: str) -> AsyncIterator[tuple[int, Accepted]]:
    argv = [str(LOCAL / "node_modules"), str(certificate), str(certificate.with_suffix(".key")), addresses]
    process = await asyncio.create_subprocess_exec(find("node"), str(STRICT), *argv, stdout=asyncio.subprocess.PIPE)

    async def next_line() -> Any:
        if process.stdout is None:
            raise AssertionError("the server has no output")
        async with asyncio.timeout(30):
            return json.loads(await process.stdout.readline())

    try:
        yield await next_line(), next_line
    finally:
        process.terminate()
        await process.wait()
