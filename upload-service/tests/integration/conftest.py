"""The service on real servers, entered through `running()` once per module, and what tests ask of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.messaging import BrokerConnection, Consumer, Message, Publisher, connect
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.postgres import create_engine, transaction, upgrade
from fiapx_common.running import Started
from fiapx_common.settings import BrokerSettings, PostgresSettings, RedisSettings
from fiapx_models.events import Event
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc
from fiapx_testing import per_module
from fiapx_testing.brokers import Broker
from fiapx_testing.databases import Database, Databases
from fiapx_testing.listening import Listener
from fiapx_testing.object_stores import StoreSettings
from fiapx_testing.proxies import TcpProxy, tcp_proxy
from fiapx_testing.redis_databases import empty_redis
from fiapx_testing.waiting import PATIENCE_S
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from upload_service.bootstrap import running
from upload_service.settings import PublicStoreSettings, Settings, SweepSettings

MIGRATIONS = Path(__file__).parents[2] / "migrations"
EVENTS = ("video.uploaded.v1", "video.ended.v1", "video.cancelled.v1", "video.deleted.v1")
CHUNK_BYTES = 256 << 10
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8


def migrate(owner_dsn: str) -> None:
    asyncio.run(upgrade(owner_dsn, MIGRATIONS))


broker, redis_url, object_store = per_module.broker, per_module.redis_url, per_module.object_store
proxy, redis_gate = per_module.proxy, per_module.redis_gate


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    per_module.in_modules_loop(items, Path(__file__).parent)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    made = databases.create("upload", migrate)
    yield made
    databases.give_back(made)


@pytest.fixture(autouse=True)
def _nothing_of_other_tests(request: pytest.FixtureRequest) -> None:
    """Each test begins with empty tables, an empty bucket and an empty Redis, as far as it uses them."""
    if "database" in request.fixturenames:
        request.getfixturevalue("databases").delete_rows(request.getfixturevalue("database"))
    if "object_store" in request.fixturenames:
        request.getfixturevalue("object_store").empty()
    if "redis_url" in request.fixturenames:
        empty_redis(request.getfixturevalue("redis_url"))


@pytest.fixture(scope="module")
def settings(database: Database, broker: Broker, object_store: StoreSettings, redis_url: str) -> Settings:
    """Of a service that nothing but this module uses."""
    return Settings(
        postgres=PostgresSettings(dsn=SecretStr(database.dsn), timeout_s=PATIENCE_S),
        broker=BrokerSettings(url=SecretStr(broker.url), timeout_s=PATIENCE_S),
        redis=RedisSettings(url=SecretStr(redis_url), timeout_s=PATIENCE_S),
        store=PublicStoreSettings(
            endpoint=object_store.endpoint,
            access_key=SecretStr(object_store.access_key),
            secret_key=SecretStr(object_store.secret_key),
            bucket=object_store.bucket,
            region=object_store.region,
            public_url=object_store.public_url,
        ),
        sweep=SweepSettings(period_s=3600),  # tests sweep themselves
        migrations_dir=MIGRATIONS,
    )


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    """Sections of the settings that a test module has otherwise; each may override this."""
    return {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(settings: Settings, changes: dict[str, Any], listener: Listener) -> AsyncIterator[Started]:
    async with running(settings.model_copy(update=changes)) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stub(service: Started) -> AsyncIterator["upload_pb2_grpc.UploadServiceAsyncStub"]:
    """A client of the service on a real channel."""
    async with open_channel(f"ipv4:{service.grpc}", timeout_s=2 * PATIENCE_S) as channel:
        yield upload_pb2_grpc.UploadServiceStub(channel)


@pytest.fixture
def user_id() -> UUID:
    return uuid4()


@pytest.fixture
def send(stub: "upload_pb2_grpc.UploadServiceAsyncStub", user_id: UUID) -> Callable[..., Awaitable[upload_pb2.Video]]:
    """Uploads a file as the gateway would: `send(body, filename=…, key=…, **details)`. Raises our error tree."""

    async def call(
        body: bytes = MP4,
        *,
        owner: UUID = user_id,
        filename: str = "film.mp4",
        declared: int = 0,
        key: str = "",
        after: upload_pb2.UploadDetails | None = None,
        **details: Any,
    ) -> upload_pb2.Video:
        header = upload_pb2.UploadHeader(
            user_id=str(owner),
            filename=filename,
            declared_size_bytes=declared,
            details=upload_pb2.UploadDetails(**details),
            idempotency_key=key,
        )
        with answered_by("upload"):
            return await stub.StreamUpload(_messages(header, body, upload_pb2.UploadTrailer(details=after)))

    return call


async def _messages(
    header: upload_pb2.UploadHeader, body: bytes, trailer: upload_pb2.UploadTrailer
) -> AsyncIterator[upload_pb2.StreamUploadRequest]:
    yield upload_pb2.StreamUploadRequest(header=header)
    for start in range(0, len(body), CHUNK_BYTES):
        yield upload_pb2.StreamUploadRequest(chunk=body[start : start + CHUNK_BYTES])
    yield upload_pb2.StreamUploadRequest(trailer=trailer)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(settings: Settings) -> AsyncIterator[MinioObjectStore]:
    """The tests' own look into the bucket."""
    opened = MinioObjectStore(settings.store)
    yield opened
    opened.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store_gate(settings: Settings) -> AsyncIterator[TcpProxy]:
    """For services whose way to the store can be cut."""
    host, _, port = settings.store.endpoint.partition(":")
    async with tcp_proxy(host, int(port)) as gate:
        yield gate


@pytest_asyncio.fixture(loop_scope="module")
async def store_proxy(store_gate: TcpProxy) -> AsyncIterator[TcpProxy]:
    """The service's way to the store, whole again after the test."""
    yield store_gate
    store_gate.forward()


@pytest.fixture
def left(store: MinioObjectStore) -> Callable[[], Awaitable[list[str]]]:
    """All that lies in the bucket: objects, and uploads that are not finished."""

    async def look() -> list[str]:
        async with aclosing(store.list("")) as found:
            objects = [each.key async for each in found]
        return objects + [f"{each.key} (unfinished)" for each in await store.list_multipart()]

    return look


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The tests' own look into the database."""
    made = create_engine(settings.postgres, "tests")
    yield made
    await made.dispose()


@pytest.fixture
def query(engine: AsyncEngine) -> Callable[..., Awaitable[Sequence[sa.RowMapping]]]:
    """Rows of a statement; `query("SELECT … :id", id=…)`. What it changes is committed."""

    async def run(statement: str, **values: object) -> Sequence[sa.RowMapping]:
        async with transaction(engine) as connection:
            found = await connection.execute(sa.text(statement), values)
            rows = found.mappings().all() if found.returns_rows else []
            await connection.commit()
            return rows

    return run


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def messages(settings: Settings) -> AsyncIterator[BrokerConnection]:
    """The tests' own connection to the broker."""
    async with connect(settings.broker, "tests") as connection:
        yield connection


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def listener(messages: BrokerConnection) -> AsyncIterator[Listener]:
    """Of all that the services of the module tell the others."""
    found = Listener()
    async with Consumer(messages, "tests.video-events", EVENTS, found.keep).running():
        yield found


@pytest.fixture
def heard(listener: Listener, user_id: UUID) -> list[Message]:
    """What the service has told the others of the user's videos."""
    return listener.of(user_id)


@pytest.fixture
def tell(messages: BrokerConnection, stub: object) -> Callable[..., Awaitable[None]]:
    """Tells the service an outcome: `tell(event)`, or `tell(event, message_id)` to repeat one."""
    publisher = Publisher(messages)

    async def publish(event: Event, message_id: UUID | None = None) -> None:
        await publisher.publish_event(event, message_id or uuid4())

    return publish


@pytest.fixture
def eventually() -> Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]:
    """Waits with patience until a question's answer is true, and gives it back; raises TimeoutError."""

    async def wait(question: Callable[[], Awaitable[Any]]) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if answer := await question():
                    return answer
                await asyncio.sleep(0.05)

    return wait


@pytest.fixture
def watch(
    stub: "upload_pb2_grpc.UploadServiceAsyncStub", user_id: UUID, eventually: Callable[..., Awaitable[Any]]
) -> Callable[..., Awaitable[upload_pb2.Video]]:
    """The user's video as soon as it has a status: `watch(video, "completed")`."""

    async def wait(video: upload_pb2.Video, status: str) -> upload_pb2.Video:
        async def there() -> upload_pb2.Video | None:
            found = await stub.GetVideo(upload_pb2.GetVideoRequest(user_id=str(user_id), video_id=video.id))
            return found if found.status == status else None

        found = await eventually(there)
        assert isinstance(found, upload_pb2.Video), f"the video did not become {status}"
        return found

    return wait
