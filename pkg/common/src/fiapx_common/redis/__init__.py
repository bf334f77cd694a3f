"""Redis, which may be lost at any time: what it can't answer is answered without it."""

from fiapx_common.redis.circuit import Circuit
from fiapx_common.redis.client import redis_client

__all__ = ["Circuit", "redis_client"]
