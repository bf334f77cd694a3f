"""The scripts of a trial's own servers, run with real ones."""

import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aio_pika
import httpx
import pytest
import redis
from aiormq.exceptions import ChannelAccessRefused
from fiapx_local.binaries import find
from fiapx_testing.charts import Chart
from fiapx_testing.platforms import Platform
from fiapx_testing.servers import Servers

_STARTS_WITHIN_S = 120
_USERS = ("admin", "auth", "upload", "processing", "notification", "gateway")
_PASSWORDS = {f"{user.upper()}_PASSWORD": f"{user}-secret" for user in _USERS}


@contextmanager
def cache(script: Path, folder: Path) -> Iterator[int]:
    """The chart's Valkey, with Debian's Redis for it; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    (folder / "valkey-server").symlink_to(find("redis-server"))
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "PORT": str(port), "TMPDIR": str(folder), **_PASSWORDS}
    process = subprocess.Popen(["sh", str(script)], env=environment, stdout=subprocess.DEVNULL, cwd=folder)
    try:
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not answers(port):
            assert time.monotonic() < deadline, f"no answer within {_STARTS_WITHIN_S} s"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_users_of_the_trials_cache_see_their_own_keys_only(chart: Chart, tmp_path: Path) -> None:
    with (
        cache(chart.folder / "files" / "redis.sh", tmp_path) as port,
        redis.Redis("127.0.0.1", port, username="auth", password=_PASSWORDS["AUTH_PASSWORD"]) as auth,
        redis.Redis("127.0.0.1", port, username="gateway", password=_PASSWORDS["GATEWAY_PASSWORD"]) as gateway,
        redis.Redis("127.0.0.1", port) as nobody,
    ):
        assert auth.set("auth:a", "1")
        assert gateway.set("fiapx:rate:a", "1")
        with pytest.raises(redis.exceptions.NoPermissionError):
            gateway.get("auth:a")
        with pytest.raises(redis.exceptions.AuthenticationError):
            nobody.ping()


def test_the_trials_cache_gives_the_rights_of_the_local_stack(chart: Chart, platform: Platform) -> None:
    here = (platform.stack.settings.layout.redis / "users.acl").read_text()
    script = (chart.folder / "files" / "redis.sh").read_text()
    for user in ("auth", "upload", "gateway"):
        assert rights(here, user) == rights(script, user), user


def rights(text: str, user: str) -> str:
    """What follows the password in a user's line."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"user {user} on ")]
    return line.split(maxsplit=4)[4]


@pytest.fixture
def broker(chart: Chart, servers: Servers, tmp_path: Path) -> Iterator[str]:
    """What the chart's RabbitMQ would load, loaded by a real one under other names; the virtual host."""
    prefix = f"trial-{secrets.token_hex(4)}-"
    server = tmp_path / "rabbitmq-server"
    server.write_text('#!/bin/sh\ntest -s "$RABBITMQ_CONFIG_FILE"\n')
    server.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path), **_PASSWORDS}
    subprocess.run(["sh", str(chart.folder / "files" / "rabbitmq.sh")], env=environment, check=True, timeout=120)
    definitions = json.loads((tmp_path / "definitions.json").read_text())
    for one in [*definitions["vhosts"], *definitions["users"]]:
        one["name"] = prefix + one["name"]
    for one in definitions["permissions"]:
        one |= {"user": prefix + one["user"], "vhost": prefix + one["vhost"]}
    management = servers.rabbitmq_management
    login = (management.user, management.password)
    with httpx.Client(base_url=f"http://{management.address}", auth=login, timeout=120, trust_env=False) as api:
        api.post("/api/definitions", json=definitions).raise_for_status()
        yield f"{prefix}fiapx"
        api.delete(f"/api/vhosts/{prefix}fiapx").raise_for_status()
        for one in definitions["users"]:
            api.delete(f"/api/users/{one['name']}").raise_for_status()


@pytest.mark.parametrize("user", ["auth", "upload", "processing", "notification"])
async def test_users_of_the_trials_broker_touch_their_own_queues_only(broker: str, servers: Servers, user: str) -> None:
    login = f"{broker.removesuffix('fiapx')}{user}:{user}-secret"
    connection = await aio_pika.connect(f"amqp://{login}@{servers.rabbitmq.address}/{broker}", timeout=120)
    async with connection:
        channel = await connection.channel()
        await channel.declare_queue(f"{user}.something", timeout=120)
        await channel.declare_exchange("fiapx.events", timeout=120)
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("somebody.else", timeout=120)
