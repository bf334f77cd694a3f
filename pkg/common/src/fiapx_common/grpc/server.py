"""A gRPC server with health, reflection, metrics, traces, and the error tree as statuses."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from opentelemetry.instrumentation.grpc import aio_server_interceptor, filters

from fiapx_common.grpc.answering import Answering
from fiapx_common.grpc.closing import StreamClosing
from fiapx_common.listening import split_address
from fiapx_common.settings import GrpcSettings

_TAKEN_WITHIN_S: Final = 0.5
_OPTIONS = (
    ("grpc.so_reuseport", 0),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.http2.max_ping_strikes", 0),
)


@asynccontextmanager
async def grpc_server(
    settings: GrpcSettings, services: Sequence[str], register: Callable[[grpc.aio.Server], None]
) -> AsyncIterator[str]:
    """Serves what `register` adds; yields the address that it really has. At the end calls under way may finish.

    Args:
        settings: where to listen, and how long to drain.
        services: full names ("fiapx.auth.v1.AuthService") for health and reflection.
        register: adds the servicers.

    Raises:
        RuntimeError: the port is taken.
    """
    tracing = aio_server_interceptor(filter_=filters.negate(filters.health_check()))
    answering = Answering()
    server = grpc.aio.server(interceptors=[StreamClosing(), tracing, answering], options=_OPTIONS)
    register(server)
    checks = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    reflection.enable_server_reflection([*services, health.SERVICE_NAME, reflection.SERVICE_NAME], server)
    host, _ = split_address(settings.listen)
    port = server.add_insecure_port(settings.listen)
    await server.start()
    for name in ("", *services):
        await checks.set(name, health_pb2.HealthCheckResponse.SERVING)
    try:
        yield f"{host}:{port}"
    finally:
        await checks.enter_graceful_shutdown()
        await _stop(server, answering, settings.drain_s)


async def _stop(server: grpc.aio.Server, answering: Answering, drain_s: float) -> None:
    """Answers that nobody takes, of calls that have ended, do not hold up the end."""
    stopping = asyncio.create_task(server.stop(drain_s))
    was_idle = False
    while not stopping.done():
        await asyncio.wait({stopping}, timeout=_TAKEN_WITHIN_S)
        is_idle = answering.under_way == 0
        if was_idle and is_idle:
            await server.stop(0)
        was_idle = is_idle
    await stopping
