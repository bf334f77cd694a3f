"""Everything that the service meets, and ways to look at what it did."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from fiapx_common.messaging import Envelope, Publisher, connect
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.postgres import create_engine, transaction
from fiapx_common.running import Started
from fiapx_models.events import Event, VideoProcessed, VideoUploaded
from fiapx_testing import object_stores
from fiapx_testing.brokers import Broker
from fiapx_testing.waiting import PATIENCE_S, until
from processing_service.bootstrap import running
from processing_service.entities.job import JobKey, Request, ResultKey
from processing_service.services.tasks import (
    ASSEMBLY_QUEUE,
    PLANNING_QUEUE,
    SEGMENTS_QUEUE,
    AssemblyTask,
    PlanningTask,
    SegmentTask,
)
from processing_service.settings import Settings
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

from .finished_archives import Archive
from .service_processes import ServiceProcess, changed
from .upload_service import UploadService, hearing


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
        return running(changed(self.settings, changes))

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

    async def forget_engine(self) -> None:
        """What was made until now counts as another engine's: the same is decoded again."""
        await self.change("UPDATE jobs SET made_by = NULL")

    async def state(self, video_id: UUID, attempt: int = 1) -> str | None:
        rows = await self.rows(
            "SELECT state FROM jobs WHERE video_id = :video_id AND attempt = :attempt",
            video_id=video_id,
            attempt=attempt,
        )
        return rows[0].state if rows else None

    async def result_key(self, video_id: UUID, attempt: int = 1) -> ResultKey:
        """Of a completed job."""
        statement = "SELECT result_attempt FROM jobs WHERE video_id = :video_id AND attempt = :attempt"
        (row,) = await self.rows(statement, video_id=video_id, attempt=attempt)
        return ResultKey(JobKey(video_id, attempt), row.result_attempt)

    async def until(self, condition: Callable[[], Awaitable[object]], timeout_s: float = PATIENCE_S) -> None:
        """Waits for something to become true."""
        await until(condition, within_s=timeout_s)

    async def stored(self, content: bytes) -> Request:
        """A source in the store that no job knows of."""
        video_id = uuid4()
        await self.store.put(f"sources/{video_id}", content)
        return Request(
            key=JobKey(video_id, 1),
            user_id=uuid4(),
            filename="film.mp4",
            source_key=f"sources/{video_id}",
            size_bytes=len(content),
            options_json="{}",
            external_id=None,
            metadata_json=None,
        )

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

    async def insert_job(self, source: Path, user_id: UUID | None = None) -> VideoUploaded:
        """A job that was accepted and of whose planning nobody has a message."""
        video = await self.upload_service.store_source(source, user_id=user_id)
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

    async def until_swept(self, video_id: UUID) -> None:
        """Until nothing is left in the store that its job does not need."""
        await self._until_job(video_id, "swept_at IS NOT NULL")

    async def until_expired(self, video_id: UUID) -> None:
        await self._until_job(video_id, "expired_at IS NOT NULL")

    async def _until_job(self, video_id: UUID, condition: str) -> None:
        async def is_so() -> bool:
            return bool(await self.rows(f"SELECT 1 FROM jobs WHERE video_id = :id AND {condition}", id=video_id))

        await until(is_so)

    def _decodes(self, cmdline: Path) -> bool:
        try:
            told = cmdline.read_bytes()
        except OSError:
            return False  # it has ended meanwhile
        return str(self.settings.scratch_dir).encode() in told


@asynccontextmanager
async def platform_on(
    settings: Settings, broker: Broker, object_store: object_stores.StoreSettings
) -> AsyncIterator[Platform]:
    """All but the service itself."""
    store = MinioObjectStore(settings.store)
    engine = create_engine(settings.postgres, "tests")
    async with connect(settings.broker, "upload-service") as connection:
        upload_service = UploadService(store, Publisher(connection))
        async with hearing(connection, upload_service):
            platform = Platform(settings, upload_service, store, object_store, broker, engine)
            platform.handled_before = {
                queue: handled(queue) for queue in (PLANNING_QUEUE, SEGMENTS_QUEUE, ASSEMBLY_QUEUE)
            }
            yield platform
    await engine.dispose()
    store.close()


def handled(queue: str) -> float:
    """How many messages of a queue were answered in this process, by its metrics."""
    samples = (sample for metric in REGISTRY.collect() for sample in metric.samples)
    mine = (s for s in samples if s.name == "fiapx_messages_consumed_total" and s.labels["queue"] == queue)
    return sum(sample.value for sample in mine)
