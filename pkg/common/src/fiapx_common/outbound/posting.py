"""One POST to where a user wants it: a connection of its own, bounded in time and in what is read of the answer."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpcore

from fiapx_common.errors import Unavailable
from fiapx_common.outbound.connecting import GuardedConnecting
from fiapx_common.outbound.targets import Target

_FAILURES = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError)


class TargetFailed(Unavailable):
    """No answer, or none that can be read."""

    def __init__(self, reason: str) -> None:
        super().__init__("target_failed", reason)


@dataclass(frozen=True)
class Limits:
    """How long to wait, and how much to read."""

    connect_s: float
    """For the name, the connection and TLS each."""
    read_s: float
    """Without a byte."""
    total_s: float
    """For all of it."""
    answer_bytes: int = 4096
    """Read of an answer's body; then the connection is closed."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. A redirect is an answer as any other."""

    status: int
    headers: Mapping[str, str]
    """By names in lower case."""
    beginning: bytes
    """Of the body, at most `Limits.answer_bytes`."""
    seconds: float


class Poster:
    """Sends requests, each over a connection of its own: nothing half-open is ever used again."""

    def __init__(self, connecting: GuardedConnecting, limits: Limits, ca_file: Path | None = None) -> None:
        """`ca_file`: authorities besides the system's own, PEM."""
        self._connecting = connecting
        self._limits = limits
        self._tls = ssl.create_default_context()
        if ca_file is not None:
            self._tls.load_verify_locations(ca_file)

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request.

        Raises:
            TargetForbidden: an address that is not public.
            TargetFailed: no answer in time, no connection, no valid certificate.
        """
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._ask(target, headers, body, began)
        except TimeoutError as error:
            raise TargetFailed(f"No whole answer within {self._limits.total_s:g} s.") from error
        except _FAILURES as error:
            raise TargetFailed(_told(error)) from error

    async def _ask(self, target: Target, headers: Mapping[str, str], body: bytes, began: float) -> Answer:
        limits = self._limits
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        own = {"Host": target.authority, "Connection": "close", "Accept-Encoding": "identity"}
        times = {"connect": limits.connect_s, "read": limits.read_s, "write": limits.read_s}
        async with httpcore.AsyncConnectionPool(
            ssl_context=self._tls, max_keepalive_connections=0, network_backend=self._connecting
        ) as pool:
            told = [*own.items(), *headers.items()]
            async with pool.stream("POST", url, headers=told, content=body, extensions={"timeout": times}) as answer:
                beginning = bytearray()
                async for piece in answer.aiter_stream():
                    beginning += piece
                    if len(beginning) >= limits.answer_bytes:
                        break
                read = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                seconds = time.perf_counter() - began
                return Answer(answer.status, read, bytes(beginning[: limits.answer_bytes]), seconds)


def _told(error: Exception) -> str:
    """A sentence for whoever runs the receiver."""
    match error:
        case httpcore.ConnectTimeout():
            return "No connection in time."
        case httpcore.TimeoutException():
            return "No answer in time."
        case httpcore.ConnectError() | OSError():
            return f"No connection: {error}."
        case httpcore.ProtocolError():
            return f"The answer is not HTTP/1.1: {error}."
        case _:
            return "The connection was lost."
