import pytest
from fiapx_local.service_settings import services
from fiapx_local.services import Service
from fiapx_local.stack import Stack
from fiapx_testing.chaos.network import SERVERS, network
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.test_run import TestRun
from redis import Redis
from redis.exceptions import RedisError

TIMEOUT_S = 10.0


@pytest.fixture
def stack() -> Stack:
    return TestRun.current().local_stack()


def service(stack: Stack, name: str) -> Service:
    return next(one for one in services(stack.settings) if one.name == name)


def redis_of(one: Service, prefix: str) -> Redis:
    url = one.environment()[f"{prefix}_REDIS__URL"]
    return Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)


def test_no_variable_of_a_service_names_a_server_of_the_stack_any_more(stack: Stack) -> None:
    ports = stack.settings.ports
    direct = (ports.store, ports.inner.postgres, ports.inner.redis, ports.inner.rabbitmq, ports.inner.smtp)
    with network() as ways:
        for one in services(stack.settings):
            before, after = one.environment(), ways.between(one).environment()
            assert before.keys() == after.keys()
            assert [name for name, value in after.items() for port in direct if str(port) in value] == []


def test_a_struck_way_breaks_for_its_program_alone_and_heals(stack: Stack) -> None:
    with network() as ways:
        one, other = (ways.between(service(stack, name)) for name in ("gateway", "auth"))
        with redis_of(one, "GATEWAY") as here, redis_of(other, "AUTH") as there:
            with ways.struck(TcpProxy.cut, program="gateway"):
                assert there.get("auth:nothing") is None
                with pytest.raises(RedisError):
                    here.get("gateway:nothing")
            assert here.get("gateway:nothing") is None


@pytest.mark.parametrize("server", SERVERS)
def test_each_server_has_ways_that_can_be_struck(stack: Stack, server: str) -> None:
    with network() as ways:
        for one in services(stack.settings):
            ways.between(one).environment()
        with ways.struck(TcpProxy.reset, server=server):
            pass


def test_who_uses_no_network_is_not_struck(stack: Stack) -> None:
    with network() as ways, pytest.raises(AssertionError, match="uses no network"), ways.struck(TcpProxy.cut):
        pass
