"""Metrics of the gateway's own."""

from typing import Final

from prometheus_client import Gauge

OPEN_STREAMS: Final = Gauge("fiapx_event_streams_open", "Server-Sent Events streams that clients hold.")
