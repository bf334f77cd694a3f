"""Redis, which may be lost at any time: what it can't answer is answered without it."""

from fiapx_common.redis.circuit import Circuit
from fiapx_common.redis.client import redis_client
from fiapx_common.redis.subscriptions import Subscriptions

__all__ = ["Circuit", "Subscriptions", "redis_client"]
