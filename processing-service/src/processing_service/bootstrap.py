"""The composition root: joins classes to ports, starts the service, drains it in reverse."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from secrets import token_hex
from typing import Final

from fiapx_common.errors import Unavailable
from fiapx_common.grpc.server import grpc_server
from fiapx_common.http.ops import ops_app
from fiapx_common.http.server import http_server
from fiapx_common.messaging import BrokerConnection, Consumer, Publisher, connect
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.postgres import OutboxRelay, check_database, create_engine, forget_seen, require_current_schema
from fiapx_common.running import Background, Started, background
from fiapx_common.telemetry import start_telemetry
from fiapx_engine.libav_engine import LIBAV_RATE
from sqlalchemy.ext.asyncio import AsyncEngine

from processing_service.controllers.assembly_tasks import assembly_tasks
from processing_service.controllers.consuming import Consuming
from processing_service.controllers.media_rpc import SERVICE, MediaRpc
from processing_service.controllers.planning_tasks import planning_tasks
from processing_service.controllers.rounds import every
from processing_service.controllers.segment_tasks import segment_tasks
from processing_service.controllers.video_events import EVENTS_QUEUE, video_events
from processing_service.entities.process import Process
from processing_service.repositories.archive_store import S3Archives
from processing_service.repositories.decoder_child import DecoderChild
from processing_service.repositories.grid_child import GridChild
from processing_service.repositories.measures import PrometheusMeasures
from processing_service.repositories.preview_store import S3Previews
from processing_service.repositories.scratch import scratch_folder
from processing_service.repositories.scratch_copies import ScratchCopies
from processing_service.repositories.stored_source import StoredSources
from processing_service.repositories.thumbnail_child import ThumbnailChild
from processing_service.repositories.unit_of_work import PostgresUnitsOfWork
from processing_service.repositories.workers import QueueConsumers
from processing_service.services.accepting import Accepting
from processing_service.services.assembling import Assembling
from processing_service.services.browsing import Browsing
from processing_service.services.estimating import Estimating, Looking
from processing_service.services.excerpting import Excerpting
from processing_service.services.extracting import Extracting
from processing_service.services.forecasting import Forecasting
from processing_service.services.leasing import Leasing, Patience
from processing_service.services.planning import Planning
from processing_service.services.presence import Presence
from processing_service.services.previewing import Previewing
from processing_service.services.reading import Reading
from processing_service.services.releasing import Net, Releasing, Rescuing
from processing_service.services.retrying import Retrying
from processing_service.services.reusing import Reusing
from processing_service.services.stored_images import StoredImages
from processing_service.services.surveying import Surveying
from processing_service.services.sweeping import Keeping, Sweeping
from processing_service.services.tasks import ASSEMBLY_QUEUE, PLANNING_QUEUE, SEGMENTS_QUEUE
from processing_service.settings import Role, Settings, component

NAME: Final = "processing-service"
_LOOK_S: Final = 2.0
"""Between two looks whether operators want this process drained."""
_AFTER_DRAIN_S: Final = 10.0
"""For handing back what did not end within the drain time."""


@dataclass(frozen=True)
class _House:
    """What all roles share."""

    settings: Settings
    engine: AsyncEngine
    broker: BrokerConnection
    store: MinioObjectStore
    units: PostgresUnitsOfWork
    archives: S3Archives
    copies: ScratchCopies
    sources: StoredSources
    decoder: DecoderChild
    measures: PrometheusMeasures
    leasing: Leasing
    releasing: Releasing
    retrying: Retrying
    stopping: asyncio.Event


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Started]:
    """The service with the roles of its settings."""
    start_telemetry(component(settings.roles), settings.telemetry)
    async with AsyncExitStack() as stack:
        house = await _build(settings, stack)
        tasks = await stack.enter_async_context(background())
        tasks.start("scratch", house.copies.keep_tidy())
        ops = await stack.enter_async_context(http_server(ops_app(_checks(house)), settings.ops.listen))
        grpc_address = None
        if Role.PLANNER in settings.roles:
            _start_caretakers(house, tasks)
            grpc_address = await stack.enter_async_context(
                grpc_server(settings.grpc, [SERVICE], _media(house).register)
            )
        consuming = Consuming(_consumers(house), house.stopping)
        process = Process(house.leasing.holder, socket.gethostname(), tuple(sorted(settings.roles)))
        presence = Presence(house.units, process, consuming.drain)
        tasks.start("presence", every(_LOOK_S, presence.look))
        stack.push_async_callback(presence.leave)
        await stack.enter_async_context(consuming.running())
        yield Started(tasks, grpc=grpc_address, ops=ops)


async def _build(settings: Settings, stack: AsyncExitStack) -> _House:
    engine = create_engine(settings.postgres, NAME)
    stack.push_async_callback(engine.dispose)
    await require_current_schema(engine, settings.migrations_dir)
    store = MinioObjectStore(settings.store)
    stack.callback(store.close)
    broker = await stack.enter_async_context(connect(settings.broker, NAME))
    relay = await stack.enter_async_context(OutboxRelay(engine, Publisher(broker)).running())
    folder = stack.enter_context(scratch_folder(settings.scratch_dir))
    copies = ScratchCopies(store, folder, settings.scratch.budget_bytes, settings.scratch.idle_s)
    stack.push_async_callback(copies.close)
    decoder = DecoderChild(settings.engine, settings.decoder.of_ffmpeg, settings.decoder.of_libav)
    stack.push_async_callback(decoder.close)
    units = PostgresUnitsOfWork(engine, relay)
    measures = PrometheusMeasures()
    stopping = asyncio.Event()
    holder = f"{socket.gethostname()}-{os.getpid()}-{token_hex(4)}"
    lease = settings.lease
    patience = Patience(lease.lease_s, lease.renew_every_s, settings.drain_s, settings.progress_every_s)
    return _House(
        settings=settings,
        engine=engine,
        broker=broker,
        store=store,
        units=units,
        archives=S3Archives(store),
        copies=copies,
        sources=StoredSources(store, copies, measures),
        decoder=decoder,
        measures=measures,
        leasing=Leasing(units, holder, patience, stopping),
        releasing=Releasing(settings.window),
        retrying=Retrying(units, measures, patience.lease_s),
        stopping=stopping,
    )


def _media(house: _House) -> MediaRpc:
    units, archives, settings = house.units, house.archives, house.settings
    program, single, grid, looks = settings.decoder.ffmpeg, settings.thumbnails, settings.previews, settings.estimates
    workers, grids = QueueConsumers(house.broker), GridChild(program, grid.at_once, grid.timeout_s)
    looking = Looking(looks.at_once, looks.timeout_s, LIBAV_RATE)
    return MediaRpc(
        browsing=Browsing(units, archives),
        reading=Reading(StoredImages(units, archives), ThumbnailChild(program, single.at_once, single.timeout_s)),
        excerpting=Excerpting(units, archives),
        forecasting=Forecasting(units, workers),
        previewing=Previewing(units, archives, grids, S3Previews(house.store)),
        estimating=Estimating(units, house.sources, house.decoder, workers, looking),
    )


def _consumers(house: _House) -> list[Consumer]:
    settings, drain_s = house.settings, house.settings.drain_s + _AFTER_DRAIN_S
    consumers = []
    if Role.PLANNER in settings.roles:
        events = video_events(Accepting(house.units))
        consumers.append(Consumer(house.broker, EVENTS_QUEUE, events.routing_keys, events))
        plan = planning_tasks(
            Planning(
                units=house.units,
                sources=house.sources,
                decoder=house.decoder,
                leasing=house.leasing,
                releasing=house.releasing,
                retrying=house.retrying,
                reusing=Reusing(house.units, house.archives, house.decoder, house.leasing, house.measures),
                measures=house.measures,
            )
        )
        consumers.append(
            Consumer(house.broker, PLANNING_QUEUE, (), plan, concurrency=settings.planners, drain_s=drain_s)
        )
    if Role.ASSEMBLER in settings.roles:
        assemble = assembly_tasks(
            Assembling(house.units, house.archives, house.leasing, house.retrying, house.measures)
        )
        consumers.append(
            Consumer(house.broker, ASSEMBLY_QUEUE, (), assemble, concurrency=settings.assemblers, drain_s=drain_s)
        )
    if Role.WORKER in settings.roles:
        extract = segment_tasks(
            Extracting(
                units=house.units,
                sources=house.sources,
                decoder=house.decoder,
                archives=house.archives,
                leasing=house.leasing,
                releasing=house.releasing,
                retrying=house.retrying,
                measures=house.measures,
            )
        )
        consumers.append(Consumer(house.broker, SEGMENTS_QUEUE, (), extract, concurrency=1, drain_s=drain_s))
    return consumers


def _start_caretakers(house: _House, tasks: Background) -> None:
    settings = house.settings
    net = Net(settings.net.expired_s, settings.net.waiting_s)
    rescuing = Rescuing(house.units, net, house.measures)
    result_s = settings.retention.total_seconds() + settings.sweep.keep_expired_s
    keeping = Keeping(settings.sweep.grace_s, settings.sweep.keep_replaced_s, result_s)
    sweeping = Sweeping(house.units, house.archives, keeping)
    kept = timedelta(days=settings.sweep.forget_seen_days)

    async def sweep() -> None:
        await sweeping.sweep()
        await forget_seen(house.engine, kept)

    tasks.start("net", every(settings.net.every_s, rescuing.rescue))
    tasks.start("sweeper", every(settings.sweep.every_s, sweep))
    tasks.start("survey", every(settings.survey_every_s, Surveying(house.units, house.measures).survey))


def _checks(house: _House) -> dict[str, Callable[[], Awaitable[None]]]:
    async def staying() -> None:
        if house.stopping.is_set():
            raise Unavailable("stopping", "This process is stopping.")

    return {
        "postgres": partial(check_database, house.engine),
        "broker": house.broker.check,
        "store": house.store.check,
        "decoder": house.decoder.check,
        "staying": staying,
    }
