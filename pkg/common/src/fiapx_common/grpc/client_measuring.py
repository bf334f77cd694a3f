"""Calls to other services as their caller sees them: also those that never reached one."""

import asyncio
import time
from typing import Any, Final

import grpc

from fiapx_common.grpc.each_call import Continuation, EachCall
from fiapx_common.metrics import call_ended

_RESULTS: Final = {
    grpc.StatusCode.OK: "ok",
    grpc.StatusCode.UNAVAILABLE: "unavailable",
    grpc.StatusCode.DEADLINE_EXCEEDED: "unavailable",
    grpc.StatusCode.CANCELLED: "cancelled",
    grpc.StatusCode.INTERNAL: "failed",
    grpc.StatusCode.UNKNOWN: "failed",
}


class ClientMeasuring(EachCall):
    """Must be the innermost interceptor: those outside it may answer with something that is no call."""

    def __init__(self, callee: str) -> None:
        self._callee = callee
        self._noting: set[asyncio.Task[None]] = set()

    async def call(self, continuation: Continuation, details: grpc.aio.ClientCallDetails, request: Any) -> Any:
        operation = _operation(details.method)
        began = time.perf_counter()
        call = await continuation(details, request)
        call.add_done_callback(lambda ended: self._note(ended, operation, began))
        return call

    def _note(self, call: grpc.aio.Call, operation: str, began: float) -> None:
        seconds = time.perf_counter() - began
        task = asyncio.get_running_loop().create_task(self._write(call, operation, seconds))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def _write(self, call: grpc.aio.Call, operation: str, seconds: float) -> None:
        result = _RESULTS.get(await call.code(), "refused")
        call_ended(self._callee, operation, result, seconds)


def _operation(method: str | bytes) -> str:
    """`Login` of `/fiapx.auth.v1.AuthService/Login`, which gRPC gives as either type."""
    path = method.decode() if isinstance(method, bytes) else method
    return path.rpartition("/")[2]
