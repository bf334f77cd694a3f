"""One finished video of several segments, and its questions through the gRPC door."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from fiapx_testing.brokers import Broker, fresh_broker
from fiapx_testing.clips import Clips
from fiapx_testing.databases import Database, Databases, Migrate
from fiapx_testing.object_stores import StoreSettings, fresh_bucket
from fiapx_testing.servers import Servers
from processing_service.settings import DecoderSettings

Platform = Any  # the folder above's
Media = Any  # the folder above's


OpenPlatform = Callable[..., AbstractAsyncContextManager[Platform]]
OpenMedia = Callable[..., AbstractAsyncContextManager[Media]]


@pytest.fixture(scope="package")
def open_platform(settings_on: Any, platform_on: Any, tmp_path_factory: pytest.TempPathFactory) -> OpenPlatform:
    """Everything but the service itself, on these servers."""

    def opened(database: Database, broker: Broker, bucket: StoreSettings) -> AbstractAsyncContextManager[Platform]:
        settings = settings_on(database, broker, bucket, tmp_path_factory.mktemp("scratch"))
        opening: AbstractAsyncContextManager[Platform] = platform_on(settings, broker, bucket)
        return opening

    return opened


@pytest.fixture(scope="package")
def database(servers: Servers, migrate: Migrate) -> Iterator[Database]:
    """One for all tests of this folder, which only read."""
    databases = Databases(servers.postgres)
    yield databases.create("processing", migrate)
    databases.drop_all()


@pytest.fixture(scope="package")
def bucket(servers: Servers) -> Iterator[StoreSettings]:
    """One for all tests of this folder, which only read."""
    with fresh_bucket(servers.store) as fresh:
        yield fresh


@pytest.fixture(scope="package")
def open_media(open_platform: OpenPlatform, clips: Clips, media_of: Any) -> OpenMedia:
    """One finished video of several segments, and the running service, on these servers."""

    @asynccontextmanager
    async def opened(database: Database, broker: Broker, bucket: StoreSettings) -> AsyncIterator[Media]:
        async with (
            open_platform(database, broker, bucket) as platform,
            platform.running(decoder=DecoderSettings(segment_frames=4)) as started,
        ):
            video = await platform.upload_service.upload(
                clips.counter(frames=60, fps=30).path, '{"sampling":{"rule":"fps","fps":5}}'
            )
            async with media_of(platform, started, await platform.upload_service.completed(video)) as media:
                yield media

    return opened


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def media(
    servers: Servers, database: Database, bucket: StoreSettings, open_media: OpenMedia
) -> AsyncIterator[Media]:
    """One for all tests of this folder, which only read."""
    async with (
        fresh_broker(servers.rabbitmq, servers.rabbitmq_management) as broker,
        open_media(database, broker, bucket) as media,
    ):
        yield media
