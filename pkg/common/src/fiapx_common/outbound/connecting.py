"""Connections to where users want them, for httpcore: a name is resolved once, and each of its addresses judged."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpcore

from fiapx_common.errors import Refused
from fiapx_common.outbound.addresses import is_public

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name, numeric; raises OSError."""

_RESOLVERS: Final = ThreadPoolExecutor(8, "resolving")
"""Their own: whoever's name is answered slowly keeps only others' names waiting."""


class TargetForbidden(Refused):
    """The name leads to where nobody may send us."""

    def __init__(self) -> None:
        super().__init__(
            "target_forbidden", "The host has a private, loopback or otherwise special address. Nothing was sent there."
        )


async def resolve(host: str, port: int) -> Sequence[str]:
    """By the system's resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_RESOLVERS, _look_up, host, port)
    return list(dict.fromkeys(found))


class GuardedConnecting(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only, each judged before; TLS is verified for the name, by httpcore."""

    def __init__(self, allowed: Callable[[str], bool] = is_public, resolving: Resolve = resolve) -> None:
        self._allowed = allowed
        self._resolving = resolving
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """To the first address that answers; `timeout` is for resolving and for all addresses together.

        Raises:
            TargetForbidden: one of the name's addresses is not public.
            httpcore.ConnectError: no such name, or nobody answers.
            httpcore.ConnectTimeout
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(host, port)
                return await self._first(addresses, port, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("not within the time") from error

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = await self._resolving(host, port)
        except TimeoutError:
            raise
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the host's name is not known") from error
        if not all(map(self._allowed, addresses)):
            raise TargetForbidden
        return addresses

    async def _first(
        self,
        addresses: Sequence[str],
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("the host's name has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, None, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise failure


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
