"""A collector that takes connections and never answers costs no request anything, and a stop only its bound."""

import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
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

CALLS = 300
FLUSH_S = 2.0
MARGIN_S = 3.0


@pytest.fixture(scope="module")
def silent_collector() -> Iterator[str]:
    """Its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def auth(platform: Platform) -> Service:
    return next(service for service in services(platform.stack.settings) if service.name == "auth")


@contextmanager
def replica(auth: Service, endpoint: str | None) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """One more auth-service, and its address."""
    address = free_address()
    told = {"AUTH_GRPC__LISTEN": address, "AUTH_OPS__LISTEN": "127.0.0.1:0", "PATH": os.defpath}
    environment = {**auth.environment(), **told, "AUTH_TELEMETRY__OTLP_ENDPOINT": endpoint or ""}
    process = subprocess.Popen(
        [sys.executable, "-m", auth.package], cwd=auth.directory, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield address, process
    finally:
        process.kill()
        process.wait()


async def seconds_of_calls(address: str) -> list[float]:
    """How long each of many calls took, the first ones left out."""
    took = []
    async with open_channel(address, timeout_s=5) as channel:
        stub = AuthServiceStub(channel)
        await stub.GetJwks(GetJwksRequest(), wait_for_ready=True, timeout=30)
        for _ in range(CALLS):
            began = time.perf_counter()
            await stub.GetJwks(GetJwksRequest())
            took.append(time.perf_counter() - began)
    return took


def test_no_call_waits_for_the_collector(auth: Service, silent_collector: str) -> None:
    with replica(auth, None) as (address, _):
        without = asyncio.run(seconds_of_calls(address))
    with replica(auth, silent_collector) as (address, _):
        silent = asyncio.run(seconds_of_calls(address))
    assert statistics.median(silent) < 2 * statistics.median(without) + 0.005
    assert max(silent) < 1


def test_a_stop_waits_for_the_collector_no_longer_than_it_was_told(auth: Service, silent_collector: str) -> None:
    with replica(auth, silent_collector) as (address, process):
        asyncio.run(seconds_of_calls(address))
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        took_s = time.monotonic() - began
    assert process.returncode == 0
    assert took_s < FLUSH_S + MARGIN_S
