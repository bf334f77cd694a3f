"""Fresh databases of a real Redis."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis

from fiapx_testing.servers import Server


@contextmanager
def fresh_redis(server: Server, number: int) -> Iterator[str]:
    """The address of an empty database, emptied again in the end."""
    url = f"redis://{server.user}:{server.password}@{server.address}/{number}"
    empty_redis(url)
    yield url
    empty_redis(url)


def empty_redis(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushdb()
