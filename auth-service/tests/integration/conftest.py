"""The service on real servers, entered through `running()` and its gRPC door, and what tests ask of it.

`client` is of one service per module. Tests start further ones beside it with `serve`; those whose work a neighbour
could do have a database of their own, by `alone` or `distant`.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from auth_service.bootstrap import running
from auth_service.settings import HashingSettings, Settings
from cryptography.fernet import Fernet
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.messaging import Consumer, Message, connect
from fiapx_common.postgres import create_engine, upgrade
from fiapx_common.running import Started
from fiapx_common.settings import BrokerSettings, PostgresSettings, RedisSettings
from fiapx_models.events import (
    EmailVerificationRequested,
    PasswordResetRequested,
    UserDeleted,
    UserRegistered,
    UserUpdated,
)
from fiapx_proto.auth.v1 import auth_pb2, auth_pb2_grpc
from fiapx_testing import per_module
from fiapx_testing.brokers import Broker
from fiapx_testing.databases import Database, Databases
from fiapx_testing.listening import LatestEvents
from fiapx_testing.plugin import CreateDatabase
from fiapx_testing.proxies import OpenProxy, TcpProxy
from fiapx_testing.redis_databases import empty_redis
from fiapx_testing.servers import Server, Servers
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parents[2] / "migrations"
PASSWORD = "correct horse battery"
HEARD = [
    event.TYPE
    for event in (UserRegistered, UserUpdated, UserDeleted, EmailVerificationRequested, PasswordResetRequested)
]
_numbers = count(1)

Eventually = Callable[[Callable[[], bool | Awaitable[bool]]], Awaitable[None]]
Serve = Callable[[Settings], AbstractAsyncContextManager["Client"]]


def migrate(owner_dsn: str) -> None:
    asyncio.run(upgrade(owner_dsn, MIGRATIONS))


broker, redis_url, proxy = per_module.broker, per_module.redis_url, per_module.proxy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    per_module.in_modules_loop(items, Path(__file__).parent)


@dataclass(frozen=True)
class Distant:
    """Settings of a service whose servers are each behind a way that can be cut."""

    settings: Settings
    postgres: TcpProxy
    redis: TcpProxy
    rabbitmq: TcpProxy


@dataclass(frozen=True)
class Client:
    """Asks a running service; its refusals are raised as the error tree."""

    stub: "auth_pb2_grpc.AuthServiceAsyncStub"
    started: Started

    async def register(
        self, email: str = "", password: str = PASSWORD, name: str = "", locale: str = "", address: str = "192.0.2.1"
    ) -> auth_pb2.User:
        """A new user, by default with an address of its own."""
        request = auth_pb2.RegisterRequest(
            email=email or f"user{next(_numbers)}@example.com",
            password=password,
            name=name,
            locale=locale,
            client_address=address,
        )
        with answered_by("auth"):
            return await self.stub.Register(request)

    async def login(
        self, email: str, password: str = PASSWORD, address: str = "192.0.2.1", user_agent: str = ""
    ) -> auth_pb2.Session:
        request = auth_pb2.LoginRequest(email=email, password=password, client_address=address, user_agent=user_agent)
        with answered_by("auth"):
            return await self.stub.Login(request)

    async def new_session(self) -> auth_pb2.Session:
        """Of a new user."""
        return await self.login((await self.register()).email)

    async def refresh(self, refresh_token: str, user_agent: str = "", address: str = "") -> auth_pb2.Session:
        request = auth_pb2.RefreshRequest(refresh_token=refresh_token, user_agent=user_agent, client_address=address)
        with answered_by("auth"):
            return await self.stub.Refresh(request)

    async def sessions(self, user_id: str) -> list[auth_pb2.SessionInfo]:
        with answered_by("auth"):
            return list((await self.stub.ListSessions(auth_pb2.ListSessionsRequest(user_id=user_id))).sessions)

    async def kept_sessions(self, user_id: str, limit: int = 0) -> list[list[auth_pb2.SessionInfo]]:
        """All of them, page by page."""
        pages, cursor = list[list[auth_pb2.SessionInfo]](), ""
        while not pages or cursor:
            request = auth_pb2.ListKeptSessionsRequest(user_id=user_id, limit=limit, cursor=cursor)
            with answered_by("auth"):
                page = await self.stub.ListKeptSessions(request)
            pages.append(list(page.sessions))
            cursor = page.next_cursor
        return pages

    async def make_key(
        self, user_id: str, name: str = "ci", scopes: Sequence[str] = ("videos:read",)
    ) -> auth_pb2.CreateApiKeyResponse:
        """The key and its text."""
        request = auth_pb2.CreateApiKeyRequest(user_id=user_id, name=name, scopes=scopes)
        with answered_by("auth"):
            return await self.stub.CreateApiKey(request)

    async def api_keys(self, user_id: str) -> list[auth_pb2.ApiKey]:
        with answered_by("auth"):
            return list((await self.stub.ListApiKeys(auth_pb2.ListApiKeysRequest(user_id=user_id))).api_keys)

    async def revoke_key(self, key_id: str, user_id: str) -> None:
        with answered_by("auth"):
            await self.stub.RevokeApiKey(auth_pb2.RevokeApiKeyRequest(id=key_id, user_id=user_id))

    async def checked_key(self, text: str) -> auth_pb2.CheckApiKeyResponse:
        key_hash = hashlib.sha256(text.encode()).digest()
        with answered_by("auth"):
            return await self.stub.CheckApiKey(auth_pb2.CheckApiKeyRequest(key_hash=key_hash))

    async def end_others(self, session_id: str, user_id: str) -> None:
        request = auth_pb2.EndOtherSessionsRequest(session_id=session_id, user_id=user_id)
        with answered_by("auth"):
            await self.stub.EndOtherSessions(request)

    async def logout(self, refresh_token: str = "", session_id: str = "", user_id: str = "") -> None:
        request = auth_pb2.LogoutRequest(refresh_token=refresh_token, session_id=session_id, user_id=user_id)
        with answered_by("auth"):
            await self.stub.Logout(request)

    async def is_alive(self, session_id: str, user_id: str) -> bool:
        request = auth_pb2.CheckSessionRequest(session_id=session_id, user_id=user_id)
        with answered_by("auth"):
            return (await self.stub.CheckSession(request)).alive

    async def request_verification(self, user_id: str) -> None:
        with answered_by("auth"):
            await self.stub.RequestEmailVerification(auth_pb2.RequestEmailVerificationRequest(user_id=user_id))

    async def verify_email(self, token: str) -> auth_pb2.User:
        with answered_by("auth"):
            return await self.stub.VerifyEmail(auth_pb2.VerifyEmailRequest(token=token))

    async def request_reset(self, email: str, address: str = "192.0.2.1") -> None:
        request = auth_pb2.RequestPasswordResetRequest(email=email, client_address=address)
        with answered_by("auth"):
            await self.stub.RequestPasswordReset(request)

    async def reset(self, token: str, password: str) -> None:
        with answered_by("auth"):
            await self.stub.ResetPassword(auth_pb2.ResetPasswordRequest(token=token, password=password))

    async def user(self, user_id: str) -> auth_pb2.User:
        with answered_by("auth"):
            return await self.stub.GetUser(auth_pb2.GetUserRequest(user_id=user_id))

    async def update(self, user_id: str, if_version: Sequence[int] | None = None, **changes: str) -> auth_pb2.User:
        condition = None if if_version is None else auth_pb2.Versions(versions=if_version)
        request = auth_pb2.UpdateUserRequest(user_id=user_id, if_version=condition)
        for field, value in changes.items():
            setattr(request, field, value)
        with answered_by("auth"):
            return await self.stub.UpdateUser(request)

    async def erase(self, user_id: str, password: str = PASSWORD, address: str = "192.0.2.1") -> None:
        request = auth_pb2.EraseUserRequest(user_id=user_id, password=password, client_address=address)
        with answered_by("auth"):
            await self.stub.EraseUser(request)

    async def jwks(self) -> auth_pb2.Jwks:
        with answered_by("auth"):
            return await self.stub.GetJwks(auth_pb2.GetJwksRequest())


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Client]:
    """A service with these settings, and its client."""
    async with running(settings) as started, open_channel(started.grpc or "", timeout_s=2 * PATIENCE_S) as channel:
        yield Client(auth_pb2_grpc.AuthServiceStub(channel), started)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    made = databases.create("auth", migrate)
    yield made
    databases.give_back(made)


@pytest.fixture(scope="module")
def kept_tables() -> tuple[str, ...]:
    """Tables that are not emptied for each test. The running service has its signing keys in memory as well."""
    return ("signing_keys",)


@pytest.fixture(autouse=True)
def _nothing_of_other_tests(request: pytest.FixtureRequest, kept_tables: tuple[str, ...]) -> None:
    """Each test begins with empty tables and an empty Redis, as far as it uses them."""
    if "database" in request.fixturenames:
        request.getfixturevalue("databases").delete_rows(request.getfixturevalue("database"), kept_tables)
    if "redis_url" in request.fixturenames:
        empty_redis(request.getfixturevalue("redis_url"))


@pytest.fixture(scope="module")
def settings(database: Database, redis_url: str, broker: Broker) -> Settings:
    """Of a service that nothing but this module uses."""
    return Settings(
        postgres=PostgresSettings(dsn=SecretStr(database.dsn), timeout_s=PATIENCE_S),
        redis=RedisSettings(url=SecretStr(redis_url), timeout_s=PATIENCE_S),
        broker=BrokerSettings(url=SecretStr(broker.url), timeout_s=PATIENCE_S),
        issuer="https://fiapx.example.com",
        key_encryption_key=SecretStr(Fernet.generate_key().decode()),
        hashing=HashingSettings(wait_s=PATIENCE_S),
        migrations_dir=MIGRATIONS,
    )


@pytest.fixture
def alone(settings: Settings, postgres_database: CreateDatabase) -> Settings:
    """The same with a database of the test's own: no other service does what is to be done in it."""
    own = postgres_database("auth", migrate)
    return settings.model_copy(update={"postgres": settings.postgres.model_copy(update={"dsn": SecretStr(own.dsn)})})


@pytest_asyncio.fixture(loop_scope="module")
async def distant(alone: Settings, servers: Servers, proxy: OpenProxy) -> Distant:
    """The same, with faults."""
    postgres, redis, rabbitmq = [
        await proxy(server.host, server.port) for server in (servers.postgres, servers.redis, servers.rabbitmq)
    ]

    def behind(secret: SecretStr, server: Server, way: TcpProxy) -> SecretStr:
        return SecretStr(secret.get_secret_value().replace(server.address, way.address))

    changes = {
        "postgres": alone.postgres.model_copy(update={"dsn": behind(alone.postgres.dsn, servers.postgres, postgres)}),
        "redis": alone.redis.model_copy(update={"url": behind(alone.redis.url, servers.redis, redis)}),
        "broker": alone.broker.model_copy(update={"url": behind(alone.broker.url, servers.rabbitmq, rabbitmq)}),
    }
    return Distant(alone.model_copy(update=changes), postgres, redis, rabbitmq)


@pytest.fixture
def serve() -> Serve:
    """Starts a service with given settings."""
    return serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(settings: Settings) -> AsyncIterator[Client]:
    async with serving(settings) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """To look into the service's database."""
    engine = create_engine(settings.postgres, "tests")
    yield engine
    await engine.dispose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def latest_events(broker: Broker) -> AsyncIterator[LatestEvents]:
    """Hears all services of the module, as somebody else does."""
    found = LatestEvents()
    async with connect(BrokerSettings(url=SecretStr(broker.url)), "tests") as connection:
        consumer = Consumer(connection, "tests.users", HEARD, found.keep, concurrency=1)
        async with consumer.running():
            await until(lambda: consumer.consuming)
            yield found


@pytest.fixture
def heard(latest_events: LatestEvents) -> list[Message]:
    """The events of this test; the list grows with what comes."""
    return latest_events.from_now()


@pytest.fixture
def eventually() -> Eventually:
    """Waits until something is true."""
    return until
