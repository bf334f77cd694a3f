"""The service on real servers, entered through `running()` and its messages, as upload-service would."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
from fiapx_common.postgres import upgrade
from fiapx_common.running import Started
from fiapx_common.settings import BrokerSettings, PostgresSettings, StoreSettings
from fiapx_models.events import VideoEvent
from fiapx_testing import object_stores
from fiapx_testing.brokers import Broker
from fiapx_testing.databases import Database, Migrate
from fiapx_testing.plugin import CreateDatabase
from fiapx_testing.waiting import PATIENCE_S
from processing_service.settings import (
    DecoderSettings,
    LeaseSettings,
    NetSettings,
    Role,
    ScratchSettings,
    Settings,
    SweepSettings,
)
from pydantic import SecretStr

from .platforms import Platform, platform_on
from .questions import Media, media_of
from .service_processes import SERVICE, ServiceProcess, changed

MIGRATIONS = SERVICE / "migrations"
EXTRACTS = "*image2pipe* | *rawvideo*"
"""A shell's pattern for what ffmpeg is told where it extracts, for itself or where libav had planned."""


def _migrate(owner_dsn: str) -> None:
    asyncio.run(upgrade(owner_dsn, MIGRATIONS))


@pytest.fixture(scope="session")
def migrate() -> Migrate:
    """For fixtures that live longer than a test."""
    return _migrate


@pytest.fixture
def database(postgres_database: CreateDatabase) -> Database:
    return postgres_database("processing", _migrate)


class SettingsOn(Protocol):
    """The service's settings on these servers."""

    def __call__(
        self, database: Database, broker: Broker, object_store: object_stores.StoreSettings, scratch: Path
    ) -> Settings: ...


@pytest.fixture(scope="session")
def settings_on() -> SettingsOn:
    """For fixtures that live longer than a test."""
    return _settings_on


@pytest.fixture
def settings(database: Database, broker: Broker, object_store: object_stores.StoreSettings, tmp_path: Path) -> Settings:
    return _settings_on(database, broker, object_store, tmp_path / "scratch")


def _settings_on(
    database: Database, broker: Broker, object_store: object_stores.StoreSettings, scratch: Path
) -> Settings:
    """Everything in one process, and quicker about what is left than in production. No lease runs out in a test."""
    return Settings(
        roles=frozenset(Role),
        postgres=PostgresSettings(dsn=SecretStr(database.dsn), timeout_s=PATIENCE_S),
        broker=BrokerSettings(url=SecretStr(broker.url), timeout_s=PATIENCE_S),
        store=StoreSettings(
            endpoint=object_store.endpoint,
            access_key=SecretStr(object_store.access_key),
            secret_key=SecretStr(object_store.secret_key),
            bucket=object_store.bucket,
            region=object_store.region,
        ),
        migrations_dir=MIGRATIONS,
        scratch_dir=scratch,
        scratch=ScratchSettings(idle_s=1.0),
        lease=LeaseSettings(lease_s=600.0, renew_every_s=0.5),
        net=NetSettings(every_s=0.5, expired_s=600, waiting_s=600),
        sweep=SweepSettings(every_s=0.3, grace_s=1.0, keep_replaced_s=0.5),
        decoder=DecoderSettings(segment_frames=1_500),
        progress_every_s=0.2,
        drain_s=5.0,
    )


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An MP4 file without pictures."""
    path = tmp_path_factory.mktemp("sound") / "sound.mp4"
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-c:a", "aac"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *tone, str(path)], check=True, timeout=60)
    return path.read_bytes()


@pytest.fixture
def slow_ffmpeg(tmp_path: Path) -> str:
    """The real ffmpeg, which extracts no faster than the video plays."""
    return _script(tmp_path / "slow-ffmpeg", f'case "$*" in {EXTRACTS}) exec ffmpeg -re "$@";; esac; exec ffmpeg "$@"')


@pytest.fixture
def endless_ffmpeg(tmp_path: Path) -> str:
    """The real ffmpeg, which extracts so slowly that no test sees the end of it."""
    return _script(
        tmp_path / "endless-ffmpeg",
        f'case "$*" in {EXTRACTS}) exec ffmpeg -readrate 0.02 "$@";; esac; exec ffmpeg "$@"',
    )


def _script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


class MakeProgram(Protocol):
    """Writes a shell script to stand before a real program."""

    def __call__(self, body: str) -> str: ...


@pytest.fixture
def program(tmp_path: Path) -> MakeProgram:
    return lambda body: _script(tmp_path / f"program-{uuid4().hex}", body)


class StartProcess(Protocol):
    """Starts the service as a process of its own."""

    async def __call__(self, roles: str = "worker", **changes: Any) -> ServiceProcess: ...


@pytest.fixture
async def start_process(settings: Settings, tmp_path: Path) -> AsyncIterator[StartProcess]:
    """Processes that do not outlive the test."""
    started: list[ServiceProcess] = []

    async def start(roles: str = "worker", **changes: Any) -> ServiceProcess:
        told = changed(settings, changes)
        started.append(await ServiceProcess.start(told, roles, tmp_path / f"output-{uuid4().hex}"))
        return started[-1]

    yield start
    for service in started:
        if service.process.returncode is None:
            service.send(signal.SIGKILL)
            await service.process.wait()


class PlatformOn(Protocol):
    """Everything but the service itself."""

    def __call__(
        self, settings: Settings, broker: Broker, object_store: object_stores.StoreSettings
    ) -> AbstractAsyncContextManager[Platform]: ...


@pytest.fixture(scope="session", name="platform_on")
def opening() -> PlatformOn:
    """For fixtures that live longer than a test."""
    return platform_on


@pytest.fixture
async def platform(
    settings: Settings, broker: Broker, object_store: object_stores.StoreSettings
) -> AsyncIterator[Platform]:
    """Everything but the service itself."""
    async with platform_on(settings, broker, object_store) as platform:
        yield platform


class MediaOf(Protocol):
    """Asks a running service about one video."""

    def __call__(
        self, platform: Platform, started: Started, outcome: VideoEvent
    ) -> AbstractAsyncContextManager[Media]: ...


@pytest.fixture(scope="session", name="media_of")
def asking() -> MediaOf:
    return media_of
