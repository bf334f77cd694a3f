"""Starting, readiness, and refusing to start."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fiapx_common.grpc.client import open_channel
from fiapx_common.messaging import Message
from fiapx_common.postgres import OldSchema
from fiapx_common.running import Started
from fiapx_common.settings import BrokerSettings, PostgresSettings
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceStub
from fiapx_testing.plugin import CreateDatabase
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S
from pydantic import SecretStr, ValidationError
from upload_service.bootstrap import running
from upload_service.settings import QuotaSettings, Settings, StreamSettings, SweepSettings

Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


async def ready(service: Started) -> dict[str, str]:
    """What is not ok."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://{service.ops}/health/ready", timeout=PATIENCE_S)
    checks: dict[str, str] = answer.json()["checks"]
    wrong = {name: result for name, result in checks.items() if result != "ok"}
    assert (answer.status_code == 200) == (not wrong)
    return wrong


async def film(user_id: UUID) -> AsyncIterator[upload_pb2.StreamUploadRequest]:
    yield upload_pb2.StreamUploadRequest(header=upload_pb2.UploadHeader(user_id=str(user_id), filename="film.mkv"))
    yield upload_pb2.StreamUploadRequest(chunk=b"\x1a\x45\xdf\xa3" + bytes(4096))
    yield upload_pb2.StreamUploadRequest(trailer=upload_pb2.UploadTrailer())


async def test_it_is_ready_when_all_it_needs_answers(service: Started) -> None:
    assert await ready(service) == {}


async def test_it_is_not_ready_while_the_store_is_down(
    settings: Settings, proxy: Callable[[str, int], Awaitable[TcpProxy]], eventually: Eventually
) -> None:
    host, _, port = settings.store.endpoint.partition(":")
    gate = await proxy(host, int(port))
    gate.cut()
    store = settings.store.model_copy(update={"endpoint": gate.address})
    async with running(settings.model_copy(update={"store": store})) as started:
        assert set(await ready(started)) == {"store"}
        gate.forward()

        async def well() -> bool:
            return await ready(started) == {}

        assert await eventually(well)


async def test_it_does_not_start_on_a_database_that_was_never_migrated(
    settings: Settings, postgres_database: CreateDatabase
) -> None:
    empty = await asyncio.to_thread(postgres_database, "upload")
    old = settings.model_copy(update={"postgres": PostgresSettings(dsn=SecretStr(empty.dsn))})
    with pytest.raises(OldSchema):
        async with running(old):
            pass


async def test_without_a_broker_uploads_are_accepted_and_announced_later(
    settings: Settings,
    proxy: Callable[[str, int], Awaitable[TcpProxy]],
    heard: list[Message],
    eventually: Eventually,
    user_id: UUID,
) -> None:
    url = settings.broker.url.get_secret_value()
    address = url.rpartition("@")[2].partition("/")[0]
    host, _, port = address.partition(":")
    gate = await proxy(host, int(port))
    gate.cut()
    broker = BrokerSettings(url=SecretStr(url.replace(address, gate.address)))
    async with running(settings.model_copy(update={"broker": broker})) as started:
        assert set(await ready(started)) == {"rabbitmq", "outcomes", "users"}
        async with open_channel(f"ipv4:{started.grpc}", timeout_s=PATIENCE_S) as channel:
            video = await UploadServiceStub(channel).StreamUpload(film(user_id))
        assert (video.status, heard) == ("queued", [])
        gate.forward()

        async def told() -> bool:
            return len(heard) == 1

        async def well() -> bool:
            return await ready(started) == {}

        assert await eventually(told)
        assert await eventually(well)


async def test_a_grace_time_shorter_than_an_upload_is_no_lawful_setting(settings: Settings) -> None:
    values = dict(settings)
    with pytest.raises(ValidationError, match="grace_s must be longer"):
        Settings(**{**values, "sweep": SweepSettings(grace_s=10), "stream": StreamSettings(timeout_s=10)})


async def test_a_file_limit_that_needs_too_many_parts_is_no_lawful_setting(settings: Settings) -> None:
    values = dict(settings)
    with pytest.raises(ValidationError, match="must fit into 10000 parts"):
        Settings(**{**values, "quota": QuotaSettings(file_bytes=1 << 40)})
