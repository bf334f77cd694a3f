"""Metrics of Redis as its askers see it."""

from typing import Final

from prometheus_client import Gauge

RESTING: Final = Gauge("fiapx_redis_circuit_open", "1 while Redis is left alone after a failure and done without.")
