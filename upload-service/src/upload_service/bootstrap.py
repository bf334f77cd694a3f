"""The composition root: joins classes to ports, starts the service and drains it in reverse."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import grpc
from fiapx_common.errors import Unavailable
from fiapx_common.grpc.server import grpc_server
from fiapx_common.http.ops import ops_app
from fiapx_common.http.server import http_server
from fiapx_common.messaging import Consumer, Publisher, connect
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.postgres import OutboxRelay, check_database, create_engine, require_current_schema
from fiapx_common.redis import Circuit, redis_client
from fiapx_common.running import Started, background
from fiapx_common.telemetry import start_telemetry
from fiapx_proto.upload.v1.upload_pb2_grpc import add_UploadServiceServicer_to_server
from sqlalchemy.ext.asyncio import AsyncEngine

from upload_service.controllers.outcome_events import QUEUE, OutcomeEvents
from upload_service.controllers.sweep_schedule import sweep_regularly
from upload_service.controllers.user_events import QUEUE as USERS_QUEUE
from upload_service.controllers.user_events import user_events
from upload_service.controllers.video_rpc import SERVICE, VideoRpc
from upload_service.controllers.watch_rpc import WatchRpc
from upload_service.controllers.watch_schedule import look_regularly
from upload_service.entities.quota import Quota
from upload_service.repositories.archive_links import MinioArchiveLinks
from upload_service.repositories.change_records import PostgresChangeRecords
from upload_service.repositories.change_signals import RedisChangeSignals
from upload_service.repositories.multiparts import MinioMultiparts
from upload_service.repositories.sources import MinioSources
from upload_service.repositories.unit_of_work import PostgresSeenMessages, PostgresUnitsOfWork
from upload_service.repositories.video_cache import RedisVideoCache
from upload_service.services.abandoned_uploads import AbandonedUploads
from upload_service.services.allowances import Allowances
from upload_service.services.completing import Completing
from upload_service.services.direct_uploads import DirectLimits, DirectUploads
from upload_service.services.erasing import Erasing
from upload_service.services.leftovers import Leftovers
from upload_service.services.library import Library
from upload_service.services.outcomes import Outcomes
from upload_service.services.repeating import Repeating
from upload_service.services.reprocessing import Reprocessing
from upload_service.services.sharing import ShareLimits, Sharing
from upload_service.services.sweeping import Sweeping, SweepLimits
from upload_service.services.uploads import UploadLimits, Uploads
from upload_service.services.watching import Watching
from upload_service.settings import QuotaSettings, Settings

NAME = "upload-service"


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Started]:
    """The whole service. Raises OldSchema where the database has not been migrated."""
    start_telemetry(NAME, settings.telemetry)
    async with AsyncExitStack() as stack:
        engine = create_engine(settings.postgres, NAME)
        stack.push_async_callback(engine.dispose)
        await require_current_schema(engine, settings.migrations_dir)
        store = MinioObjectStore(settings.store)
        stack.callback(store.close)
        broker = await stack.enter_async_context(connect(settings.broker, NAME))
        relay = await stack.enter_async_context(OutboxRelay(engine, Publisher(broker)).running())

        redis = await stack.enter_async_context(redis_client(settings.redis))
        circuit = Circuit(redis, settings.redis.timeout_s, settings.watch.redis_rest_s)
        cache = RedisVideoCache(circuit, settings.watch.cache_s)
        work = PostgresUnitsOfWork(engine, relay, cache)
        sources = MinioSources(store, settings.stream.part_bytes)
        stack.push_async_callback(sources.settle)
        repeating = Repeating(work, settings.idempotency.lease, settings.idempotency.keep)
        stack.push_async_callback(repeating.finish)
        tasks = await stack.enter_async_context(background())
        signals = RedisChangeSignals(redis)
        tasks.start("signals", signals.run())
        watching = Watching(PostgresChangeRecords(engine), signals, settings.watch.progress_every_s)
        tasks.start("watching", look_regularly(watching, settings.watch.poll_s))
        watches = WatchRpc(watching, settings.watch.leave_s)
        rpc, sweeping = _use_cases(
            settings, engine, work, sources, store, repeating=repeating, cache=cache, watches=watches
        )
        tasks.start("sweeping", sweep_regularly(sweeping, settings.sweep.period_s))
        outcomes = OutcomeEvents(Outcomes(work, settings.keep.result)).dispatch()
        consumer = Consumer(broker, QUEUE, outcomes.routing_keys, outcomes, drain_s=settings.grpc.drain_s)
        await stack.enter_async_context(consumer.running())
        users = user_events(Erasing(work))
        erasures = Consumer(broker, USERS_QUEUE, users.routing_keys, users, drain_s=settings.grpc.drain_s)
        await stack.enter_async_context(erasures.running())

        checks = {
            "postgresql": lambda: check_database(engine),
            "rabbitmq": broker.check,
            "outcomes": consumer.check,
            "users": erasures.check,
            "store": lambda: _check_store(store),
        }
        ops = await stack.enter_async_context(http_server(ops_app(checks), settings.ops.listen))
        address = await stack.enter_async_context(grpc_server(settings.grpc, [SERVICE], _registering(rpc)))
        # The first to end: calls that go on for ever would hold up the rest.
        stack.push_async_callback(watches.end)
        yield Started(tasks, grpc=address, ops=ops)


def _use_cases(
    settings: Settings,
    engine: AsyncEngine,
    work: PostgresUnitsOfWork,
    sources: MinioSources,
    store: MinioObjectStore,
    *,
    repeating: Repeating,
    cache: RedisVideoCache,
    watches: WatchRpc,
) -> tuple[VideoRpc, Sweeping]:
    quota = general_quota(settings.quota)
    stream = settings.stream
    limits = UploadLimits(stream.at_once, stream.of_one_user, stream.wait_s, stream.timeout_s)
    uploads = Uploads(work, sources, repeating, quota=quota, limits=limits, keep_source=settings.keep.source)
    multiparts = MinioMultiparts(store, settings.store.public_url)
    leftovers = Leftovers(work, sources, multiparts)
    completing = Completing(work, multiparts, leftovers, settings.keep.source)
    direct_limits = DirectLimits(settings.direct.part_bytes, settings.direct.ttl, settings.direct.link)
    direct_uploads = DirectUploads(
        work, multiparts, completing, leftovers, repeating, quota=quota, limits=direct_limits
    )
    links = MinioArchiveLinks(store, settings.store.public_url)
    library = Library(work, PostgresChangeRecords(engine), cache, leftovers, links=links, link_ttl=settings.keep.link)
    abandoned = AbandonedUploads(work, multiparts, completing, leftovers)
    sweep_limits = SweepLimits(timedelta(seconds=settings.sweep.grace_s), settings.keep.messages)
    sweeping = Sweeping(work, sources, abandoned, PostgresSeenMessages(engine), sweep_limits)
    reprocessing = Reprocessing(work, repeating, quota)
    share_limits = ShareLimits(settings.share.of_one_video, settings.share.usual, settings.keep.result)
    rpc = VideoRpc(
        uploads,
        library,
        direct_uploads,
        completing,
        watches,
        reprocessing=reprocessing,
        sharing=Sharing(work, repeating, share_limits),
        allowances=Allowances(work, quota),
        stall_s=stream.stall_s,
    )
    return rpc, sweeping


def general_quota(settings: QuotaSettings) -> Quota:
    """Of users whom operators have given none of their own."""
    return Quota(settings.file_bytes, settings.videos, settings.stored_bytes)


def _registering(rpc: VideoRpc) -> Callable[[grpc.aio.Server], None]:
    return lambda server: add_UploadServiceServicer_to_server(rpc, server)


async def _check_store(store: MinioObjectStore) -> None:
    if not await store.healthy():
        raise Unavailable("store_unavailable", "The object store does not answer, or the bucket is missing.")
