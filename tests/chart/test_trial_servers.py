"""The scripts of a trial's own servers, run with real ones."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from fiapx_local.binaries import find
from fiapx_local.servers import RabbitMQ
from fiapx_testing.charts import Rendered
from fiapx_testing.platforms import Platform

_STARTS_WITHIN_S = 20


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def cache(script: Path, folder: Path) -> Iterator[int]:
    """The chart's Valkey, with Debian's Redis for it; the port."""
    (folder / "valkey-server").symlink_to(find("redis-server"))
    passwords = {name: f"{name}-secret" for name in ("AUTH_PASSWORD", "UPLOAD_PASSWORD", "GATEWAY_PASSWORD")}
    port = free_port()
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "PORT": str(port), **passwords}
    process = subprocess.Popen(["sh", str(script)], env=environment, stdout=subprocess.DEVNULL, cwd=folder)
    try:
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def test_users_of_the_trials_cache_see_their_own_keys_only(chart_file: Any, tmp_path: Path) -> None:
    with cache(chart_file("redis.sh"), tmp_path) as port:
        auth = redis.Redis("127.0.0.1", port, username="auth", password="AUTH_PASSWORD-secret")
        gateway = redis.Redis("127.0.0.1", port, username="gateway", password="GATEWAY_PASSWORD-secret")
        assert auth.set("auth:a", "1")
        assert gateway.set("fiapx:rate:a", "1")
        with pytest.raises(redis.exceptions.NoPermissionError):
            gateway.get("auth:a")
        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis("127.0.0.1", port).ping()
        auth.close()
        gateway.close()
