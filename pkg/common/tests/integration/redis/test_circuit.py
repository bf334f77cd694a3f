"""Nobody waits for a Redis that is away."""

import pytest
from fiapx_common.errors import Unavailable
from fiapx_common.redis import Circuit
from fiapx_testing.proxies import TcpProxy
from redis.asyncio import Redis

LONG_S = 3600


async def test_an_answer_comes_back(redis: Redis) -> None:
    circuit = Circuit(redis, timeout_s=10)
    await circuit.ask(lambda client: client.set("circuit", "x"))
    assert await circuit.ask(lambda client: client.get("circuit")) == b"x"


async def test_after_a_time_out_it_is_not_asked_again_for_a_while(redis: Redis, redis_gate: TcpProxy) -> None:
    redis_gate.blackhole()
    circuit = Circuit(redis, timeout_s=0.2, rest_s=LONG_S)
    with pytest.raises(Unavailable, match="TimeoutError"):
        await circuit.ask(lambda client: client.ping())
    asked = 0

    async def count(_client: Redis) -> None:
        nonlocal asked
        asked += 1

    for _ in range(100):
        with pytest.raises(Unavailable, match="a moment ago"):
            await circuit.ask(count)
    assert asked == 0


async def test_when_the_rest_is_over_it_is_asked_again(redis: Redis, redis_gate: TcpProxy) -> None:
    redis_gate.cut()
    circuit = Circuit(redis, timeout_s=10, rest_s=0)
    with pytest.raises(Unavailable):
        await circuit.ask(lambda client: client.ping())
    redis_gate.forward()
    assert await circuit.ask(lambda client: client.ping())


async def test_while_one_tries_the_others_go_on(redis: Redis, redis_gate: TcpProxy) -> None:
    redis_gate.cut()
    circuit = Circuit(redis, timeout_s=10, rest_s=LONG_S)
    with pytest.raises(Unavailable):
        await circuit.ask(lambda client: client.ping())
    redis_gate.forward()
    circuit._rest._again_at = 0  # the rest is over

    async def try_it(client: Redis) -> None:
        with pytest.raises(Unavailable, match="a moment ago"):
            await circuit.ask(lambda other: other.ping())
        await client.ping()

    await circuit.ask(try_it)
