"""Channels to other services: every replica used in turn, a deadline on every call, errors as ours."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import grpc
from opentelemetry.instrumentation.grpc import aio_client_interceptors

from fiapx_common.grpc.client_measuring import ClientMeasuring
from fiapx_common.grpc.each_call import Continuation, EachCall
from fiapx_common.grpc.refusing import StopsWhenRefused
from fiapx_common.grpc.statuses import from_rpc_error

_OPTIONS: Final = (
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.dns_min_time_between_resolutions_ms", 1_000),
)


def open_channel(
    target: str, *, timeout_s: float, idempotent: Sequence[str] = (), callee: str = "grpc"
) -> grpc.aio.Channel:
    """A channel to `target`.

    Args:
        target: dns:///host:port, or ipv4:a:1,b:2 for fixed replicas.
        timeout_s: the deadline of a call that has none of its own.
        idempotent: methods ("fiapx.auth.v1.AuthService/GetJwks") that may be sent again when a replica dies
            on them. Other calls are sent again only where gRPC knows that no server saw them.
        callee: the service's name in metrics.
    """
    config = ("grpc.service_config", json.dumps(_service_config(idempotent)))
    deadline = _Deadline(timeout_s)
    interceptors = [deadline, *aio_client_interceptors(), StopsWhenRefused(), ClientMeasuring(callee)]
    return grpc.aio.insecure_channel(target, options=(config, *_OPTIONS), interceptors=interceptors)


@contextmanager
def answered_by(callee: str) -> Iterator[None]:
    """Around calls to another service: its errors are raised as our own tree."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise from_rpc_error(error, callee) from error


def _service_config(idempotent: Sequence[str]) -> dict[str, object]:
    names = [dict(zip(("service", "method"), method.split("/"), strict=True)) for method in idempotent]
    retry = {
        "maxAttempts": 3,
        "initialBackoff": "0.05s",
        "maxBackoff": "0.5s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    retried = [{"name": names, "retryPolicy": retry}] if names else []
    return {"loadBalancingConfig": [{"round_robin": {}}], "methodConfig": retried}


class _Deadline(EachCall):
    """Gives a deadline to each call that has none."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    async def call(self, continuation: Continuation, details: grpc.aio.ClientCallDetails, request: Any) -> Any:
        if details.timeout is None:
            details = grpc.aio.ClientCallDetails(
                method=details.method,
                timeout=self._timeout_s,
                metadata=details.metadata,
                credentials=details.credentials,
                wait_for_ready=details.wait_for_ready,
            )
        return await continuation(details, request)
