"""Passwords hashed by Argon2id (passlib), in threads."""

import asyncio
import secrets
import warnings
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import ParamSpec, TypeVar

from fiapx_common.errors import Unavailable

from auth_service.services.ports import Verified

P = ParamSpec("P")
T = TypeVar("T")

with warnings.catch_warnings():
    # passlib 1.7.4 asks for the crypt module and for argon2.__version__, which are deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    from passlib.context import CryptContext

    _CONTEXT = CryptContext(
        schemes=["argon2"],
        argon2__type="ID",
        argon2__memory_cost=19 * 1024,
        argon2__time_cost=2,
        argon2__parallelism=1,
    )
    # loads passlib's backend now, under this filter
    _NOBODYS_HASH = _CONTEXT.hash(secrets.token_urlsafe(32))


class HashingBusy(Unavailable):
    """More logins and sign-ups than can be hashed; better to come later than to wait for ever."""

    def __init__(self) -> None:
        super().__init__("hashing_busy", "Too many logins and sign-ups at once.")


class Argon2Passwords:
    """Implements the port `Passwords`."""

    def __init__(self, threads: int, wait_s: float) -> None:
        self._slots = asyncio.Semaphore(threads)
        self._wait_s = wait_s
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        async with self._slot():
            return await self._run(_hash, password)

    async def verify(self, password: str, password_hash: str | None) -> Verified:
        async with self._slot():
            verified = await self._run(_verify, password, password_hash or _NOBODYS_HASH)
        return verified if password_hash is not None else Verified(right=False)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments, **named))

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._wait_s):
                await self._slots.acquire()
        except TimeoutError as error:
            raise HashingBusy from error
        try:
            yield
        finally:
            self._slots.release()


def _hash(password: str) -> str:
    return str(_CONTEXT.hash(password))


def _verify(password: str, password_hash: str) -> Verified:
    right, better_hash = _CONTEXT.verify_and_update(password, password_hash)
    return Verified(right, better_hash)
