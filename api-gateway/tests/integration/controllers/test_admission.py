"""Who is let in, and how often."""

import asyncio
from typing import Any

import pytest
from api_gateway.settings import HttpSettings, RateSettings
from fiapx_common.settings import RedisSettings
from fiapx_testing.proxies import tcp_proxy
from fiapx_testing.servers import Servers
from fiapx_testing.waiting import PATIENCE_S
from pydantic import SecretStr

pytestmark = pytest.mark.asyncio(loop_scope="session")


def rates(**limits: int) -> dict[str, Any]:
    return {"rates": RateSettings(**{"api_per_minute": 1000, "auth_per_minute": 1000} | limits)}


async def test_answers_tell_the_limit_and_what_is_left(open_door: Any, settings: Any) -> None:
    door = await open_door(settings.model_copy(update=rates(api_per_minute=7)))
    async with door.client() as client:
        answer = await client.get("/videos")
    assert answer.headers["RateLimit-Policy"] == '"api";q=7;w=60'
    left, resets_s = answer.headers["RateLimit"].rsplit("=", 1)
    assert left == '"api";r=6;t'
    assert 1 < int(resets_s) <= 60


async def test_one_request_too_many_is_told_when_to_come_again(open_door: Any, whole: Any) -> None:
    door = await open_door(whole.model_copy(update=rates(api_per_minute=3)))
    user = await door.new_user()
    async with user.http:
        statuses = [(await user.http.get("/videos")).status_code for _ in range(3)]
        answer = await user.http.get("/videos")
    assert statuses == [200] * 3
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 1 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit"].startswith('"api";r=0;')


async def test_a_line_that_a_proxy_adds_counts_and_not_the_clients_own(open_door: Any, settings: Any) -> None:
    behind = {"http": HttpSettings.model_validate({"trusted_proxies": ["127.0.0.0/8"]})}
    door = await open_door(settings.model_copy(update=rates(api_per_minute=1) | behind))
    statuses = []
    async with door.client() as client:
        for made_up in ("192.0.2.1", "192.0.2.2"):
            lines = [("X-Forwarded-For", made_up), ("X-Forwarded-For", "203.0.113.9")]
            statuses.append((await client.get("/videos", headers=lines)).status_code)
    assert statuses == [401, 429]


async def test_users_are_counted_apart(open_door: Any, whole: Any) -> None:
    door = await open_door(whole.model_copy(update=rates(api_per_minute=2)))
    first, second = await door.new_user(), await door.new_user()
    async with first.http, second.http:
        for _ in range(3):
            await first.http.get("/videos")
        assert (await first.http.get("/videos")).status_code == 429
        assert (await second.http.get("/videos")).status_code == 200


async def test_signing_in_has_a_limit_of_its_own_per_address(open_door: Any, whole: Any) -> None:
    door = await open_door(whole.model_copy(update=rates(auth_per_minute=4)))
    user = await door.new_user()
    async with user.http, door.client() as client:
        for _ in range(2):
            assert (await client.post("/auth/refresh", json={"refresh_token": "x"})).status_code == 401
        assert (await client.post("/auth/refresh", json={"refresh_token": "x"})).status_code == 429
        assert (await user.http.get("/videos")).status_code == 200


async def test_a_forged_forwarding_header_moves_no_limit(open_door: Any, settings: Any) -> None:
    door = await open_door(settings.model_copy(update=rates(auth_per_minute=1)))
    async with door.client() as client:
        for number in range(2):
            forged = {"X-Forwarded-For": f"198.51.100.{number}"}
            answer = await client.post("/auth/refresh", json={"refresh_token": "x"}, headers=forged)
    assert answer.status_code == 429


async def test_behind_a_trusted_proxy_its_clients_are_counted_apart(open_door: Any, settings: Any) -> None:
    trusting = {"http": HttpSettings.model_validate({"trusted_proxies": ["127.0.0.0/8"]})}
    door = await open_door(settings.model_copy(update=rates(auth_per_minute=1) | trusting))
    async with door.client() as client:
        for number in range(2):
            told = {"X-Forwarded-For": f"203.0.113.{number}"}
            answer = await client.post("/auth/refresh", json={"refresh_token": "x"}, headers=told)
            assert answer.status_code == 503


@pytest.mark.parametrize("fault", ["cut", "blackhole"])
async def test_without_redis_everybody_is_let_in_and_only_the_first_waits(
    open_door: Any, settings: Any, servers: Servers, fault: str
) -> None:
    async with tcp_proxy(servers.redis.host, servers.redis.port) as proxy:
        url = f"redis://{servers.redis.user}:{servers.redis.password}@{proxy.address}/1"
        update = {
            "redis": RedisSettings(url=SecretStr(url), timeout_s=0.5),
            "rates": RateSettings(api_per_minute=1, redis_rest_s=3600),
        }
        door = await open_door(settings.model_copy(update=update))
        getattr(proxy, fault)()
        async with door.client() as client:
            answers = [await client.get("/videos") for _ in range(2)]
            asked = proxy.accepted
            answers += [await client.get("/videos") for _ in range(20)]
        assert {answer.status_code for answer in answers} == {401}
        assert "RateLimit" not in answers[-1].headers
        assert proxy.accepted == asked > 0


async def test_limits_count_again_when_redis_is_back(open_door: Any, settings: Any, servers: Servers) -> None:
    async with tcp_proxy(servers.redis.host, servers.redis.port) as proxy:
        url = f"redis://{servers.redis.user}:{servers.redis.password}@{proxy.address}/1"
        redis = {"redis": RedisSettings(url=SecretStr(url), timeout_s=PATIENCE_S)}
        door = await open_door(settings.model_copy(update={"rates": RateSettings(redis_rest_s=0.1)} | redis))
        async with door.client() as client:
            proxy.cut()
            assert "RateLimit" not in (await client.get("/videos")).headers
            proxy.forward()
            async with asyncio.timeout(PATIENCE_S):
                while "RateLimit" not in (await client.get("/videos")).headers:
                    pass


async def test_a_session_that_ends_at_one_gateway_is_out_at_all_of_them(open_door: Any, whole: Any) -> None:
    here, there = await open_door(whole), await open_door(whole)
    user = await here.new_user()
    async with user.http, there.client(user.tokens["access_token"]) as elsewhere:
        assert (await elsewhere.get("/videos")).status_code == 200
        assert (await user.http.post("/auth/logout")).status_code == 204
        async with asyncio.timeout(PATIENCE_S):
            answer = await elsewhere.get("/videos")
            while answer.status_code == 200:
                answer = await elsewhere.get("/videos")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


async def test_logging_out_of_a_session_that_has_ended_is_no_error(open_door: Any, whole: Any) -> None:
    door = await open_door(whole.model_copy(update={"session_check_s": 0}))
    user = await door.new_user()
    async with user.http:
        assert [(await user.http.post("/auth/logout")).status_code for _ in range(2)] == [204, 204]
        assert (await user.http.get("/me")).json()["code"] == "session_ended"
