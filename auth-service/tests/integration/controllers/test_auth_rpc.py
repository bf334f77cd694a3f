"""The door itself: health, reflection, statuses, and nothing secret in the logs."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest
from auth_service.bootstrap import running
from auth_service.settings import Settings
from fiapx_common.messaging import Message
from fiapx_proto.auth.v1 import auth_pb2, auth_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

Client = Any  # conftest's
Serve = Callable[[Settings], Any]
Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


async def test_the_service_says_that_it_serves(client: Client) -> None:
    async with grpc.aio.insecure_channel(client.started.grpc or "") as channel:
        health = health_pb2_grpc.HealthStub(channel)
        answer = await health.Check(health_pb2.HealthCheckRequest(service="fiapx.auth.v1.AuthService"))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_refusals_have_their_status(client: Client) -> None:
    user = await client.register()
    stub = client.stub
    calls = {
        grpc.StatusCode.INVALID_ARGUMENT: stub.Register(auth_pb2.RegisterRequest(email="x")),
        grpc.StatusCode.FAILED_PRECONDITION: stub.Register(
            auth_pb2.RegisterRequest(email=user.email, password="correct horse battery")
        ),
        grpc.StatusCode.UNAUTHENTICATED: stub.Login(auth_pb2.LoginRequest(email=user.email, password="x")),
        grpc.StatusCode.NOT_FOUND: stub.GetUser(auth_pb2.GetUserRequest(user_id="x")),
    }
    for status, call in calls.items():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call
        assert refused.value.code() is status


async def test_calls_under_way_are_answered_before_the_service_ends(settings: Settings) -> None:
    async with running(settings) as started:
        channel = grpc.aio.insecure_channel(started.grpc or "")
        stub = auth_pb2_grpc.AuthServiceStub(channel)
        await stub.GetJwks(auth_pb2.GetJwksRequest())
        requests = [
            auth_pb2.RegisterRequest(email=f"user{number}@example.com", password="correct horse battery")
            for number in range(10)
        ]
        calls = [asyncio.ensure_future(stub.Register(request)) for request in requests]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    users = await asyncio.gather(*calls)
    await channel.close()
    assert len({user.id for user in users}) == 10


async def test_no_secret_is_written_to_the_logs(
    *,
    alone: Settings,
    serve: Serve,
    heard: list[Message],
    eventually: Eventually,
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with serve(alone) as client:
        user = await client.register(password="k9#mPq2v canary")
        session = await client.login(user.email, "k9#mPq2v canary")
        again = await client.refresh(session.refresh_token)
        await client.logout(again.refresh_token)
        await client.request_reset(user.email)
        await eventually(lambda: len(heard) == 2)
        links = [json.loads(heard[0].body)["verification"]["token"], json.loads(heard[1].body)["link"]["token"]]
        await client.verify_email(links[0])
        await client.reset(links[1], "another canary")
    written = "".join(capfd.readouterr())
    secrets = (
        "canary",
        *links,
        session.refresh_token,
        session.access_token,
        again.refresh_token,
        alone.key_encryption_key.get_secret_value(),
        alone.postgres.dsn.get_secret_value(),
    )
    assert "signing_key.made" in written
    assert not [secret for secret in secrets if secret in written]
