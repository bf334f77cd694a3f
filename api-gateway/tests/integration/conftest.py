"""The gateway before real services on real servers, entered through `running()` and its HTTP door.

The services are started once; tests keep apart by their users. Whoever breaks something starts a gateway of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import auth_service.bootstrap
import auth_service.settings
import httpx
import notification_service.bootstrap
import notification_service.settings
import processing_service.bootstrap
import processing_service.settings
import pytest
import pytest_asyncio
import upload_service.bootstrap
import upload_service.settings
from api_gateway.bootstrap import running
from api_gateway.settings import QueueSettings, RateSettings, Settings
from cryptography.fernet import Fernet
from fiapx_common.postgres import upgrade
from fiapx_common.settings import BrokerSettings, PostgresSettings, RedisSettings
from fiapx_common.settings import StoreSettings as CommonStoreSettings
from fiapx_testing.brokers import Broker, fresh_broker
from fiapx_testing.databases import Databases
from fiapx_testing.object_stores import StoreSettings, fresh_bucket
from fiapx_testing.servers import Servers
from fiapx_testing.waiting import PATIENCE_S
from pydantic import SecretStr

ROOT = Path(__file__).parents[3]
AUTH, UPLOAD, PROCESSING, NOTIFICATION = (
    ROOT / f"{name}-service" / "migrations" for name in ("auth", "upload", "processing", "notification")
)
ISSUER = "https://fiapx.example.com"
PASSWORD = "correct horse battery staple"
NOBODY = "ipv4:127.0.0.1:1"
"""A target where nothing listens."""
MANY = 1_000_000
_numbers = count(1)


@dataclass(frozen=True)
class Backends:
    """What the services stand on."""

    databases: Databases
    broker: Broker
    store: StoreSettings
    redis_url: str

    async def dsn(self, service: str, migrations: Path) -> PostgresSettings:
        """A migrated database for one service."""
        database = await asyncio.to_thread(self.databases.create, service)
        await upgrade(database.owner_dsn, migrations)
        return PostgresSettings(dsn=SecretStr(database.dsn), timeout_s=PATIENCE_S)

    @property
    def messages(self) -> BrokerSettings:
        return BrokerSettings(url=SecretStr(self.broker.url), timeout_s=PATIENCE_S)

    @property
    def cache(self) -> RedisSettings:
        return RedisSettings(url=SecretStr(self.redis_url), timeout_s=PATIENCE_S)

    def store_sections(self) -> dict[str, Any]:
        names = ("endpoint", "access_key", "secret_key", "bucket", "region")
        return {name: getattr(self.store, name) for name in names}

    async def auth_settings(self) -> auth_service.settings.Settings:
        """Of auth-service. All tests sign up from one address, and a token lasts as long as they all."""
        return auth_service.settings.Settings(
            postgres=await self.dsn("auth", AUTH),
            redis=self.cache,
            broker=self.messages,
            issuer=ISSUER,
            key_encryption_key=SecretStr(Fernet.generate_key().decode()),
            throttle=auth_service.settings.ThrottleSettings(sign_ups=MANY, address_failures=MANY),
            tokens=auth_service.settings.TokenSettings(access_ttl_s=auth_service.settings.DAY_S),
            migrations_dir=AUTH,
        )

    async def upload_settings(self) -> upload_service.settings.Settings:
        """Of upload-service."""
        store = self.store_sections() | {"public_url": self.store.public_url}
        return upload_service.settings.Settings(
            postgres=await self.dsn("upload", UPLOAD),
            broker=self.messages,
            redis=self.cache,
            store=upload_service.settings.PublicStoreSettings.model_validate(store),
            migrations_dir=UPLOAD,
        )

    async def processing_settings(self, scratch: Path) -> processing_service.settings.Settings:
        """Of processing-service in all its roles."""
        return processing_service.settings.Settings(
            postgres=await self.dsn("processing", PROCESSING),
            broker=self.messages,
            store=CommonStoreSettings.model_validate(self.store_sections()),
            migrations_dir=PROCESSING,
            scratch_dir=scratch,
        )

    async def notification_settings(self) -> notification_service.settings.Settings:
        """Of notification-service, whose mails wait: nobody takes them."""
        return notification_service.settings.Settings(
            postgres=await self.dsn("notification", NOTIFICATION),
            broker=self.messages,
            smtp=notification_service.settings.SmtpSettings(host="127.0.0.1", port=1),
            public_url=ISSUER,
            migrations_dir=NOTIFICATION,
        )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def backends(servers: Servers, redis_numbers: Iterator[int]) -> AsyncIterator[Backends]:
    databases = Databases(servers.postgres)
    redis = servers.redis
    redis_url = f"redis://{redis.user}:{redis.password}@{redis.address}/{next(redis_numbers)}"
    with fresh_bucket(servers.store) as store:
        async with fresh_broker(servers.rabbitmq, servers.rabbitmq_management) as broker:
            yield Backends(databases, broker, store, redis_url)
    await asyncio.to_thread(databases.drop_all)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def auth(backends: Backends) -> AsyncIterator[str]:
    """auth-service; its gRPC target."""
    async with auth_service.bootstrap.running(await backends.auth_settings()) as started:
        yield f"ipv4:{started.grpc}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def upload_settings(backends: Backends) -> upload_service.settings.Settings:
    """Of upload-service."""
    return await backends.upload_settings()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def upload(upload_settings: upload_service.settings.Settings) -> AsyncIterator[str]:
    """upload-service; its gRPC target."""
    async with upload_service.bootstrap.running(upload_settings) as started:
        yield f"ipv4:{started.grpc}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def processing(backends: Backends, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """processing-service; its gRPC target."""
    settings = await backends.processing_settings(tmp_path_factory.mktemp("scratch"))
    async with processing_service.bootstrap.running(settings) as started:
        yield f"ipv4:{started.grpc}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def notification(backends: Backends) -> AsyncIterator[str]:
    """notification-service; its gRPC target."""
    async with notification_service.bootstrap.running(await backends.notification_settings()) as started:
        yield f"ipv4:{started.grpc}"


@pytest.fixture(scope="session")
def settings(backends: Backends) -> Settings:
    """Of a gateway with nobody behind it, and no limits that tests would meet."""
    return Settings(
        redis=backends.cache,
        auth_target=NOBODY,
        upload_target=NOBODY,
        processing_target=NOBODY,
        notification_target=NOBODY,
        issuer=ISSUER,
        rpc_timeout_s=PATIENCE_S,
        session_check_timeout_s=PATIENCE_S,
        queue=QueueSettings(timeout_s=PATIENCE_S),
        rates=RateSettings(api_per_minute=MANY, auth_per_minute=MANY, shares_per_minute=MANY),
    )


@dataclass(frozen=True)
class User:
    """Somebody who is logged in."""

    email: str
    http: httpx.AsyncClient
    tokens: dict[str, Any]

    async def upload(self, data: bytes, filename: str = "clip.mp4", **fields: Any) -> httpx.Response:
        return await self.http.post("/videos", data=fields, files={"video": (filename, data, "video/mp4")})


@dataclass(frozen=True)
class Door:
    """A gateway that runs."""

    address: str

    def client(self, token: str | None = None, root: str = "/api/v1") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(
            base_url=f"http://{self.address}{root}", timeout=2 * PATIENCE_S, trust_env=False, headers=headers
        )

    async def new_user(self) -> User:
        """Registered and logged in."""
        email = f"user{next(_numbers)}@example.com"
        async with self.client() as client:
            who = {"email": email, "password": PASSWORD}
            assert (await client.post("/auth/register", json=who)).status_code == 201
            tokens = (await client.post("/auth/login", json=who)).raise_for_status().json()
        return User(email, self.client(tokens["access_token"]), tokens)


OpenDoor = Callable[[Settings], Awaitable[Door]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_door() -> AsyncIterator[OpenDoor]:
    """Starts gateways with settings of the test's own."""
    async with AsyncExitStack() as stack:

        async def start(settings: Settings) -> Door:
            started = await stack.enter_async_context(running(settings))
            assert started.http is not None
            return Door(started.http)

        yield start


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lonely(settings: Settings) -> AsyncIterator[Door]:
    """A gateway with nobody behind it."""
    async with running(settings) as started:
        yield Door(started.http or "")


@pytest.fixture(scope="session")
def whole(settings: Settings, auth: str, upload: str, processing: str, notification: str) -> Settings:
    """Settings of a gateway with all services behind it."""
    targets = {"auth_target": auth, "upload_target": upload, "processing_target": processing}
    return settings.model_copy(update=targets | {"notification_target": notification})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def door(whole: Settings) -> AsyncIterator[Door]:
    """A gateway with all services behind it."""
    async with running(whole) as started:
        yield Door(started.http or "")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def anyone(door: Door) -> AsyncIterator[User]:
    """A user for tests after which nothing is left."""
    somebody = await door.new_user()
    yield somebody
    await somebody.http.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def user(door: Door) -> AsyncIterator[User]:
    somebody = await door.new_user()
    yield somebody
    await somebody.http.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def other_user(door: Door) -> AsyncIterator[User]:
    somebody = await door.new_user()
    yield somebody
    await somebody.http.aclose()
