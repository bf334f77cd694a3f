"""Whether a service behind us says that it is well."""

from typing import Final

import grpc
from fiapx_common.errors import Unavailable
from fiapx_common.grpc.client import answered_by
from fiapx_common.http.ops import Check
from grpc_health.v1 import health_pb2, health_pb2_grpc

_TIMEOUT_S: Final = 2.0


def health_check(channel: grpc.aio.Channel, service: str) -> Check:
    """A readiness check by grpc.health.v1; `service` is the full name ("fiapx.auth.v1.AuthService")."""
    stub = health_pb2_grpc.HealthStub(channel)
    request = health_pb2.HealthCheckRequest(service=service)

    async def check() -> None:
        with answered_by(service):
            answer = await stub.Check(request, timeout=_TIMEOUT_S)
        if answer.status != health_pb2.HealthCheckResponse.SERVING:
            raise Unavailable("not_serving", f"{service} is not serving.")

    return check
