"""A collector that takes connections and never answers costs no request anything, and a stop only its bound."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fiapx_common.grpc.client import open_channel
from fiapx_local.service_settings import services
from fiapx_local.services import Service
from fiapx_proto.auth.v1.auth_pb2 import GetJwksRequest
from fiapx_proto.auth.v1.auth_pb2_grpc import AuthServiceStub
from fiapx_testing.monitoring import free_address
from fiapx_testing.platforms import Platform
from fiapx_testing.waiting import PATIENCE_S

CALLS = 300
EXPORT_TIMEOUT_S = 3600
"""Whoever waited for the collector would wait as long."""


@pytest.fixture(scope="module")
def silent_collector() -> Iterator[str]:
    """Its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def auth(platform: Platform) -> Service:
    return next(service for service in services(platform.stack.settings) if service.name == "auth")


@contextmanager
def replica(auth: Service, endpoint: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """One more auth-service, and its address."""
    address = free_address()
    told = {"AUTH_GRPC__LISTEN": address, "AUTH_OPS__LISTEN": "127.0.0.1:0", "PATH": os.defpath}
    telemetry = {"OTLP_ENDPOINT": endpoint, "EXPORT_TIMEOUT_S": str(EXPORT_TIMEOUT_S)}
    environment = auth.environment() | told | {f"AUTH_TELEMETRY__{name}": value for name, value in telemetry.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", auth.package], cwd=auth.directory, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield address, process
    finally:
        process.kill()
        process.wait()


async def call_often(address: str) -> None:
    """Many times in a row, with as much patience for each as the slowest machine needs."""
    async with open_channel(address, timeout_s=PATIENCE_S) as channel:
        stub = AuthServiceStub(channel)
        await stub.GetJwks(GetJwksRequest(), wait_for_ready=True, timeout=PATIENCE_S)
        for _ in range(CALLS):
            await stub.GetJwks(GetJwksRequest())


def test_neither_calls_nor_the_end_wait_for_the_collector(auth: Service, silent_collector: str) -> None:
    with replica(auth, silent_collector) as (address, process):
        asyncio.run(call_often(address))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
