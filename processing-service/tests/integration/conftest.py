"""The service on real servers, entered through `running()` and its messages, as upload-service would."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fiapx_common.messaging import (
    BrokerConnection,
    Consumer,
    Done,
    Envelope,
    EventDispatch,
    Message,
    Publisher,
    Word,
    connect,
)
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.postgres import create_engine, transaction, upgrade
from fiapx_common.running import Started
from fiapx_common.settings import BrokerSettings, PostgresSettings, StoreSettings
from fiapx_models.events import (
    Event,
    VideoFailed,
    VideoProcessed,
    VideoProcessingStarted,
    VideoProgressed,
    VideoUploaded,
)
from fiapx_models.options import read_options
from fiapx_testing import object_stores
from fiapx_testing.brokers import Broker
from fiapx_testing.databases import Database, Migrate
from fiapx_testing.frame_counter import read_counter
from fiapx_testing.plugin import CreateDatabase
from processing_service.bootstrap import running
from processing_service.services.tasks import (
    ASSEMBLY_QUEUE,
    PLANNING_QUEUE,
    SEGMENTS_QUEUE,
    AssemblyTask,
    PlanningTask,
    SegmentTask,
)
from processing_service.settings import (
    DecoderSettings,
    LeaseSettings,
    NetSettings,
    Role,
    ScratchSettings,
    Settings,
    SweepSettings,
)
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

SERVICE = Path(__file__).parents[2]
MIGRATIONS = SERVICE / "migrations"
PATIENCE_S = 40.0
EventT = TypeVar("EventT", bound=Event)


def _migrate(owner_dsn: str) -> None:
    asyncio.run(upgrade(owner_dsn, MIGRATIONS))


@dataclass
class UploadService:
    """What upload-service does, seen from here: sources in the store, events out, outcomes in."""

    store: MinioObjectStore
    publisher: Publisher
    outcomes: list[tuple[Message, Event]] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def upload(self, source: Path | bytes, options: str = "") -> VideoUploaded:
        """Stores a source and says so."""
        video = await self.store_source(source, options)
        await self.publish(video)
        return video

    async def store_source(self, source: Path | bytes, options: str = "") -> VideoUploaded:
        """The event that would be published."""
        data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read_bytes)
        video_id = uuid4()
        key = f"sources/{video_id}"
        await self.store.put(key, data)
        return VideoUploaded(
            video_id=video_id,
            user_id=uuid4(),
            attempt=1,
            filename="film.mp4",
            source_key=key,
            size_bytes=len(data),
            options_json=read_options(options).canonical_json(),
            external_id="order-1",
            metadata_json='{"camera":"north"}',
        )

    async def publish(self, event: Event, message_id: UUID | None = None) -> UUID:
        """The message's id."""
        message_id = message_id or uuid4()
        await self.publisher.publish_event(event, message_id=message_id)
        return message_id

    async def hear(self, event: Event, message: Message) -> Word:
        async with self._came:
            self.outcomes.append((message, event))
            self._came.notify_all()
        return Done()

    def heard(self, kind: type[EventT], video_id: UUID) -> list[EventT]:
        """All events of this kind so far, in the order in which they came."""
        return [event for _, event in self.outcomes if isinstance(event, kind) and event.subject() == str(video_id)]

    async def wait_for(self, kind: type[EventT], video_id: UUID, timeout_s: float = PATIENCE_S) -> EventT:
        """The first event of this kind."""
        async with asyncio.timeout(timeout_s), self._came:
            await self._came.wait_for(lambda: self.heard(kind, video_id))
        return self.heard(kind, video_id)[0]

    async def completed(self, video: VideoUploaded) -> VideoProcessed:
        """Waits for the end; a failure is told as one."""
        async with asyncio.timeout(PATIENCE_S), self._came:
            await self._came.wait_for(
                lambda: bool(self.heard(VideoProcessed, video.video_id) or self.heard(VideoFailed, video.video_id))
            )
        assert [failed.error for failed in self.heard(VideoFailed, video.video_id)] == []
        return self.heard(VideoProcessed, video.video_id)[0]


@dataclass(frozen=True)
class Archive:
    """A finished archive, read whole."""

    data: bytes

    @property
    def names(self) -> list[str]:
        return self._zip().namelist()

    def counters(self) -> list[int]:
        """The numbers drawn in its images, in order."""
        return [read_counter(self._zip().read(name)) for name in self.names if name.endswith(".png")]

    def read(self, name: str) -> bytes:
        return self._zip().read(name)

    def check(self) -> str | None:
        return self._zip().testzip()

    def _zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))


def _environment(settings: Settings, roles: str) -> dict[str, str]:
    """What a process must be told to get these settings."""
    told = {
        "ROLES": roles,
        "POSTGRES__DSN": settings.postgres.dsn.get_secret_value(),
        "BROKER__URL": settings.broker.url.get_secret_value(),
        "BROKER__HEARTBEAT_S": str(settings.broker.heartbeat_s),
        "STORE__ENDPOINT": settings.store.endpoint,
        "STORE__ACCESS_KEY": settings.store.access_key.get_secret_value(),
        "STORE__SECRET_KEY": settings.store.secret_key.get_secret_value(),
        "STORE__BUCKET": settings.store.bucket,
        "SCRATCH_DIR": str(settings.scratch_dir),
        "LEASE": settings.lease.model_dump_json(),
        "DECODER": settings.decoder.model_dump_json(),
        "DRAIN_S": str(settings.drain_s),
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **{f"PROCESSING_{name}": value for name, value in told.items()}}


@dataclass
class ServiceProcess:
    """`python -m processing_service`, as it runs in production."""

    process: asyncio.subprocess.Process
    output: Path

    @classmethod
    async def start(cls, settings: Settings, roles: str, output: Path) -> Self:
        with output.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "processing_service",
                env=_environment(settings, roles),
                cwd=SERVICE,
                stdout=file,
                stderr=file,
            )
        started = cls(process, output)
        await until(started._has_started)
        return started

    def send(self, signal_number: int) -> None:
        self.process.send_signal(signal_number)

    async def ended(self, timeout_s: float = PATIENCE_S) -> int:
        async with asyncio.timeout(timeout_s):
            return await self.process.wait()

    async def _has_started(self) -> bool:
        told = self.output.read_text()
        assert self.process.returncode is None, told
        return "service.started" in told


async def until(condition: Callable[[], Awaitable[object]], timeout_s: float = PATIENCE_S) -> None:
    """Waits for something to become true."""
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 - other processes change it
            await asyncio.sleep(0.02)


def handled(queue: str) -> float:
    """How many messages of a queue were answered in this process, by its metrics."""
    samples = (sample for metric in REGISTRY.collect() for sample in metric.samples)
    mine = (s for s in samples if s.name == "fiapx_messages_consumed_total" and s.labels["queue"] == queue)
    return sum(sample.value for sample in mine)


@dataclass
class Platform:
    """The servers, what the service is told about them, and ways to look at what it did."""

    settings: Settings
    upload_service: UploadService
    store: MinioObjectStore
    bucket: object_stores.StoreSettings
    broker: Broker
    engine: AsyncEngine
    handled_before: dict[str, float] = field(default_factory=dict)

    def running(self, **changes: Any) -> AbstractAsyncContextManager[Started]:
        """The service in this process, with changed settings."""
        return running(self.settings.model_copy(update=changes))

    async def archive(self, outcome: VideoProcessed) -> Archive:
        return Archive(await self.store.read_all(outcome.archive_key))

    def objects(self, prefix: str) -> set[str]:
        return {name for name in self.bucket.object_names() if name.startswith(prefix) and not name.endswith("/")}

    async def rows(self, statement: str, **values: object) -> list[sa.Row[Any]]:
        async with transaction(self.engine) as connection:
            return list(await connection.execute(sa.text(statement), values))

    async def change(self, statement: str, **values: object) -> None:
        async with transaction(self.engine) as connection:
            await connection.execute(sa.text(statement), values)
            await connection.commit()

    async def state(self, video_id: UUID, attempt: int = 1) -> str | None:
        rows = await self.rows(
            "SELECT state FROM jobs WHERE video_id = :video_id AND attempt = :attempt",
            video_id=video_id,
            attempt=attempt,
        )
        return rows[0].state if rows else None

    async def until(self, condition: Callable[[], Awaitable[object]], timeout_s: float = PATIENCE_S) -> None:
        """Waits for something to become true."""
        await until(condition, timeout_s)

    def decoders(self) -> list[int]:
        """Ids of the processes that decode copies of this test's sources."""
        return [int(file.parent.name) for file in Path("/proc").glob("[0-9]*/cmdline") if self._decodes(file)]

    async def segments(self, video_id: UUID) -> list[sa.Row[Any]]:
        return await self.rows("SELECT * FROM segments WHERE video_id = :video_id ORDER BY number", video_id=video_id)

    async def until_extracting(self, video: VideoUploaded) -> None:
        """Until the first frames of a segment are counted."""

        async def counted() -> bool:
            return any(segment.frames_done for segment in await self.segments(video.video_id))

        await until(counted)

    async def until_running_segment(self, video: VideoUploaded) -> None:
        async def is_running() -> bool:
            return any(segment.state == "running" for segment in await self.segments(video.video_id))

        await until(is_running)

    async def send_segment(self, video: VideoUploaded, number: int) -> None:
        """A copy of a segment's message."""
        task = SegmentTask(video_id=video.video_id, attempt=video.attempt, segment=number)
        await self.upload_service.publisher.publish_task(SEGMENTS_QUEUE, task)

    async def send_planning(self, video: VideoUploaded) -> None:
        task = PlanningTask(video_id=video.video_id, attempt=video.attempt)
        await self.upload_service.publisher.publish_task(PLANNING_QUEUE, task)

    async def send_assembly(self, video: VideoUploaded) -> None:
        task = AssemblyTask(video_id=video.video_id, attempt=video.attempt)
        await self.upload_service.publisher.publish_task(ASSEMBLY_QUEUE, task)

    async def send_raw(self, queue: str, body: bytes) -> None:
        """Bytes that call themselves a segment's task."""
        envelope = Envelope(type=SegmentTask.TYPE, subject="", body=body, queue=queue)
        await self.upload_service.publisher.publish(envelope)

    async def holder(self, video: VideoUploaded, processes: list[ServiceProcess]) -> ServiceProcess:
        """Which of the processes works on the first segment: the holder's name has its process id."""
        name = (await self.segments(video.video_id))[0].lease_holder
        return next(service for service in processes if f"-{service.process.pid}-" in name)

    async def pause(self, seconds: float) -> None:
        """For what must not happen."""
        await asyncio.sleep(seconds)

    async def until_leased_again(self, video: VideoUploaded) -> None:
        """Until a second lease of the job was taken: the first was its planner's."""

        async def is_leased() -> bool:
            return bool(
                await self.rows("SELECT 1 FROM jobs WHERE video_id = :id AND lease_attempt > 1", id=video.video_id)
            )

        await until(is_leased)

    async def insert_job(self, source: Path) -> VideoUploaded:
        """A job that was accepted and of whose planning nobody has a message."""
        video = await self.upload_service.store_source(source)
        await self.change("INSERT INTO videos (video_id, newest_attempt) VALUES (:id, 1)", id=video.video_id)
        await self.change(
            "INSERT INTO jobs (video_id, attempt, state, user_id, filename, source_key, size_bytes, options_json)"
            " VALUES (:video_id, 1, 'planning', :user_id, :filename, :source_key, :size_bytes, :options_json)",
            **video.model_dump(include={"video_id", "user_id", "filename", "source_key", "size_bytes", "options_json"}),
        )
        return video

    async def until_handled(self, queue: str, times: int = 1) -> None:
        """Until the service in this process has answered so many messages of the queue."""

        async def enough() -> bool:
            return handled(queue) - self.handled_before.get(queue, 0) >= times

        await until(enough)

    async def until_leased(self, video: VideoUploaded) -> None:
        async def is_leased() -> bool:
            return bool(
                await self.rows("SELECT 1 FROM jobs WHERE video_id = :id AND lease_attempt > 0", id=video.video_id)
            )

        await until(is_leased)

    async def until_dead_letter(self, queue: str) -> None:
        async def lies_there() -> bool:
            return (await self.broker.queue(f"{queue}.dead")).ready == 1

        await until(lies_there)

    async def tell(self, event: Event) -> None:
        """Publishes, and waits until the service has taken it in."""
        message_id = await self.upload_service.publish(event)
        await self.until_heard(message_id)

    async def until_heard(self, message_id: UUID) -> None:
        async def is_known() -> bool:
            return bool(await self.rows("SELECT 1 FROM inbox WHERE message_id = :id", id=str(message_id)))

        await until(is_known)

    async def until_state(self, video_id: UUID, state: str | None, attempt: int = 1) -> None:
        async def is_in_it() -> bool:
            return await self.state(video_id, attempt) == state

        await until(is_in_it)

    def _decodes(self, cmdline: Path) -> bool:
        try:
            told = cmdline.read_bytes()
        except OSError:
            return False  # it has ended meanwhile
        return str(self.settings.scratch_dir).encode() in told


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
    """Everything in one process, and quicker about what is lost or left than in production."""
    return Settings(
        roles=frozenset(Role),
        postgres=PostgresSettings(dsn=SecretStr(database.dsn)),
        broker=BrokerSettings(url=SecretStr(broker.url)),
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
        lease=LeaseSettings(lease_s=5.0, renew_every_s=0.5),
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
    return _script(
        tmp_path / "slow-ffmpeg", 'case "$*" in *image2pipe*) exec ffmpeg -re "$@";; *) exec ffmpeg "$@";; esac'
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
        changed = settings.model_copy(update=changes)
        started.append(await ServiceProcess.start(changed, roles, tmp_path / f"output-{uuid4().hex}"))
        return started[-1]

    yield start
    for service in started:
        if service.process.returncode is None:
            service.send(signal.SIGKILL)
            await service.process.wait()


@asynccontextmanager
async def _hearing(connection: BrokerConnection, upload_service: UploadService) -> AsyncIterator[None]:
    dispatch = EventDispatch()
    for kind in (VideoProcessingStarted, VideoProgressed, VideoProcessed, VideoFailed):
        dispatch.on(kind, upload_service.hear)
    async with Consumer(connection, "upload.outcomes", dispatch.routing_keys, dispatch, concurrency=1).running():
        yield


@asynccontextmanager
async def _platform_on(
    settings: Settings, broker: Broker, object_store: object_stores.StoreSettings
) -> AsyncIterator[Platform]:
    store = MinioObjectStore(settings.store)
    engine = create_engine(settings.postgres, "tests")
    async with connect(settings.broker, "upload-service") as connection:
        upload_service = UploadService(store, Publisher(connection))
        async with _hearing(connection, upload_service):
            platform = Platform(settings, upload_service, store, object_store, broker, engine)
            platform.handled_before = {queue: handled(queue) for queue in (PLANNING_QUEUE, SEGMENTS_QUEUE)}
            yield platform
    await engine.dispose()
    store.close()


class PlatformOn(Protocol):
    """Everything but the service itself."""

    def __call__(
        self, settings: Settings, broker: Broker, object_store: object_stores.StoreSettings
    ) -> AbstractAsyncContextManager[Platform]: ...


@pytest.fixture(scope="session")
def platform_on() -> PlatformOn:
    """For fixtures that live longer than a test."""
    return _platform_on


@pytest.fixture
async def platform(
    settings: Settings, broker: Broker, object_store: object_stores.StoreSettings
) -> AsyncIterator[Platform]:
    """Everything but the service itself."""
    async with _platform_on(settings, broker, object_store) as platform:
        yield platform
