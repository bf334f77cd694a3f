"""What is answered while a service is away."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import auth_service.bootstrap
import httpx
import pytest
from fiapx_testing.proxies import tcp_proxy
from fiapx_testing.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8


def is_away(answer: httpx.Response) -> bool:
    """A problem that says when to come again."""
    problem = answer.headers["content-type"] == "application/problem+json"
    return answer.status_code == 503 and problem and int(answer.headers["Retry-After"]) >= 1


async def until_well(client: httpx.AsyncClient, path: str) -> None:
    """The first answers of a busy machine may be late."""
    async with asyncio.timeout(PATIENCE_S):
        status = 0
        while status != 200:
            status = (await client.get(path)).status_code


async def until_refused(user: Any, path: str) -> httpx.Response:
    """What was known of a session still counts for a moment."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer: httpx.Response = await user.http.get(path)
            if answer.status_code != 200:
                return answer


async def test_without_auth_service_no_session_can_be_checked_and_nobody_signs_in(
    open_door: Any, whole: Any, backends: Any
) -> None:
    async with AsyncExitStack() as stack:
        auth = await stack.enter_async_context(auth_service.bootstrap.running(await backends.auth_settings()))
        door = await open_door(whole.model_copy(update={"auth_target": f"ipv4:{auth.grpc}"}))
        user = await door.new_user()
        async with user.http, door.client(root="") as root:
            assert (await user.http.get("/videos")).status_code == 200
            await stack.aclose()
            answer = await until_refused(user, "/videos")
            login = await user.http.post("/auth/login", json={"email": user.email, "password": "x" * 20})
            assert (await root.get("/.well-known/jwks.json")).status_code == 200
    assert is_away(answer)
    assert is_away(login)


async def test_without_any_keys_a_token_cannot_be_judged(lonely: Any, anyone: Any) -> None:
    async with lonely.client(anyone.tokens["access_token"]) as client:
        assert is_away(await client.get("/videos"))


@pytest.mark.parametrize("path", ["/videos", "/me"])
async def test_a_service_that_says_nothing_is_unavailable_when_its_time_is_over(
    open_door: Any, whole: Any, anyone: Any, path: str
) -> None:
    async with AsyncExitStack() as stack:
        proxies = {}
        for name in ("auth_target", "upload_target"):
            host, port = getattr(whole, name).removeprefix("ipv4:").split(":")
            proxies[name] = await stack.enter_async_context(tcp_proxy(host, int(port)))
        through = {name: f"ipv4:{proxy.address}" for name, proxy in proxies.items()}
        door = await open_door(whole.model_copy(update=through | {"rpc_timeout_s": 3.0}))
        async with door.client(anyone.tokens["access_token"]) as client:
            await until_well(client, path)
            for proxy in proxies.values():
                proxy.blackhole()
            answer = await client.get(path)
            for proxy in proxies.values():
                proxy.forward()
    assert is_away(answer)


async def test_a_session_that_is_not_checked_in_its_own_time_is_waited_for_no_longer(
    open_door: Any, whole: Any, anyone: Any
) -> None:
    """Or the call that follows would begin when half of its caller's patience is gone."""
    host, port = whole.auth_target.removeprefix("ipv4:").split(":")
    async with tcp_proxy(host, int(port)) as proxy:
        hasty = {"auth_target": f"ipv4:{proxy.address}", "session_check_s": 0, "session_check_timeout_s": 1.0}
        door = await open_door(whole.model_copy(update=hasty))
        async with door.client(anyone.tokens["access_token"]) as client:
            await until_well(client, "/videos")
            proxy.delay(2.0)
            answer = await client.get("/videos")
            proxy.forward()
    assert is_away(answer)


async def test_an_upload_without_upload_service_is_unavailable(open_door: Any, whole: Any) -> None:
    door = await open_door(whole.model_copy(update={"upload_target": "ipv4:127.0.0.1:1"}))
    user = await door.new_user()
    async with user.http:
        assert is_away(await user.upload(MP4))


async def test_without_processing_service_videos_are_told_and_the_status_is_not(open_door: Any, whole: Any) -> None:
    door = await open_door(whole.model_copy(update={"processing_target": "ipv4:127.0.0.1:1"}))
    user = await door.new_user()
    async with user.http:
        video = (await user.upload(MP4)).json()
        told = await user.http.get(f"/videos/{video['id']}")
        status = await user.http.get("/status")
    assert (told.status_code, told.json()["queue_position"], told.json()["eta_s"]) == (200, None, None)
    assert is_away(status)


@pytest.mark.parametrize("away", ["upload_target", "notification_target"])
async def test_an_export_without_one_of_its_services_is_unavailable_before_anything_is_told(
    open_door: Any, whole: Any, anyone: Any, away: str
) -> None:
    door = await open_door(whole.model_copy(update={away: "ipv4:127.0.0.1:1"}))
    async with door.client(anyone.tokens["access_token"]) as client:
        assert is_away(await client.get("/me/export"))


async def test_without_notification_service_the_gateway_is_ready(open_door: Any, whole: Any) -> None:
    door = await open_door(whole.model_copy(update={"notification_target": "ipv4:127.0.0.1:1"}))
    async with door.client(root="") as client:
        await until_well(client, "/health/ready")


async def test_an_upload_that_upload_service_stops_taking_is_unavailable(open_door: Any, whole: Any) -> None:
    host, port = whole.upload_target.removeprefix("ipv4:").split(":")
    async with tcp_proxy(host, int(port)) as proxy:
        impatient = whole.upload.model_copy(update={"service_idle_s": 2.0, "answer_timeout_s": 2.0})
        door = await open_door(whole.model_copy(update={"upload_target": f"ipv4:{proxy.address}", "upload": impatient}))
        user = await door.new_user()
        async with user.http:
            proxy.blackhole()
            answer = await user.upload(MP4 + bytes(8_000_000))
            proxy.forward()
    assert is_away(answer)


async def test_readiness_names_who_is_away_and_liveness_stays(lonely: Any) -> None:
    async with lonely.client(root="") as client:
        ready, live = await client.get("/health/ready"), await client.get("/health/live")
    assert (ready.status_code, live.status_code) == (503, 200)
    checks = ready.json()["checks"]
    assert checks.pop("keys") == "KeysUnknown: Access tokens cannot be checked at the moment."
    assert checks.keys() == {"auth", "upload", "processing"}
    assert all("does not answer" in result for result in checks.values())


async def test_a_gateway_that_begins_before_auth_service_is_ready_only_once_it_can_check_tokens(
    open_door: Any, whole: Any, anyone: Any
) -> None:
    host, port = whole.auth_target.removeprefix("ipv4:").split(":")
    async with tcp_proxy(host, int(port)) as proxy:
        proxy.cut()
        door = await open_door(whole.model_copy(update={"auth_target": f"ipv4:{proxy.address}"}))
        async with door.client(anyone.tokens["access_token"], root="") as client:
            assert is_away(await client.get("/api/v1/videos"))
            proxy.forward()
            await until_well(client, "/health/ready")
            assert (await client.get("/api/v1/videos")).status_code == 200


async def test_with_all_services_the_gateway_is_ready(door: Any) -> None:
    async with door.client(root="") as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
