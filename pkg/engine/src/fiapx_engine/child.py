"""A child process that cannot outlive us, cannot write files and cannot take more than its share."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from fiapx_models.failures import FailureCode

from fiapx_engine.errors import DecoderFailed, DecoderUnavailable

T = TypeVar("T")

READ_BYTES = 256 * 1024
_LINE_BYTES = 8 * 1024
_GRACE_S = 5
CPU_TIME_UP = -signal.SIGXCPU
"""The exit code of a child that used more CPU time than its limit."""
_ENVIRONMENT: Mapping[str, str] = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C",
    "MALLOC_ARENA_MAX": "2",
    "AV_LOG_FORCE_NOCOLOR": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What one child may use; `wall_s` counts only the time that we wait for it."""

    wall_s: float
    cpu_s: int
    memory_bytes: int


def confined(arguments: Sequence[str], limits: ProcessLimits) -> list[str]:
    """The command behind util-linux's prlimit and setpriv, so that no Python code runs between fork and exec."""
    return [
        "prlimit",
        f"--as={limits.memory_bytes}",
        f"--cpu={limits.cpu_s}:{limits.cpu_s + _GRACE_S}",
        "--fsize=0",
        "--core=0",
        "--",
        "setpriv",
        "--no-new-privs",
        "--pdeathsig",
        "KILL",
        "--",
        *arguments,
    ]


class Child:
    """A running child: bytes from its stdout, its stderr already being read."""

    def __init__(self, process: asyncio.subprocess.Process, limits: ProcessLimits, log: asyncio.Task[None]) -> None:
        self._process = process
        self._log = log
        self._left_s = limits.wall_s

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def allow(self, wall_s: float) -> None:
        """Counts our waiting anew, against this."""
        self._left_s = wall_s

    async def read(self) -> bytes:
        """The next bytes of stdout, empty at its end."""
        return await self.within_time(_pipe(self._process.stdout).read(READ_BYTES))

    async def feed(self, data: AsyncIterator[bytes]) -> None:
        """Writes to its stdin at its pace, then closes it. A child that reads no further is judged by how it ends."""
        stdin = self._process.stdin
        if stdin is None:
            raise DecoderUnavailable("a child without pipes")
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                async for chunk in data:
                    stdin.write(chunk)
                    await stdin.drain()
        finally:
            stdin.close()

    async def within_time(self, awaited: Awaitable[T]) -> T:
        """Waits, and counts the waiting.

        Raises:
            DecoderFailed: `timeout`, when the sum of all waiting exceeds the limit.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._left_s):
                return await awaited
        except TimeoutError as error:
            raise DecoderFailed(FailureCode.TIMEOUT, "the decoder's time is used up") from error
        finally:
            self._left_s -= loop.time() - began

    async def exit_code(self) -> int:
        """After its stderr is read to the end; negative for a signal."""
        await self.within_time(asyncio.shield(self._log))
        return await self.within_time(self._process.wait())

    async def end(self) -> None:
        """Kills the whole process group and takes what is left in the pipes, so that nothing stays open."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        await asyncio.gather(_drained(self._process.stdout), self._log, self._process.wait())


@asynccontextmanager
async def running(
    arguments: Sequence[str],
    limits: ProcessLimits,
    on_line: Callable[[str], object],
    *,
    fed: bool = False,
    channel: socket.socket | None = None,
) -> AsyncIterator[Child]:
    """Starts the child in a process group of its own; leaving the block, by cancellation too, kills the group.

    Each line of its stderr goes to `on_line`. `fed`: its stdin is open for `Child.feed`. `channel`: its stdin is this
    socket, over which all is said, and it has no stdout.

    Raises:
        DecoderUnavailable: it cannot be started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *confined(arguments, limits),
            stdin=_stdin(channel, fed=fed),
            stdout=asyncio.subprocess.PIPE if channel is None else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=dict(_ENVIRONMENT),
            cwd="/",
            start_new_session=True,
            limit=READ_BYTES,
        )
    except OSError as error:
        raise DecoderUnavailable(f"cannot start {arguments[0]}: {error.strerror}") from error
    child = Child(process, limits, asyncio.create_task(_told(_pipe(process.stderr), on_line)))
    try:
        yield child
    finally:
        await asyncio.shield(asyncio.create_task(child.end()))


def _stdin(channel: socket.socket | None, *, fed: bool) -> int:
    if channel is not None:
        return channel.fileno()
    return asyncio.subprocess.PIPE if fed else asyncio.subprocess.DEVNULL


async def lines(read: Callable[[], Awaitable[bytes]]) -> AsyncIterator[str]:
    """Lines of what `read` gives, however long they are: what exceeds 8 KiB is dropped."""
    held = b""
    while data := await read():
        *complete, held = (held + data).split(b"\n")
        held = held[-_LINE_BYTES:]
        for line in complete:
            yield line[:_LINE_BYTES].decode(errors="replace")
    if held:
        yield held.decode(errors="replace")


async def _told(stderr: asyncio.StreamReader, on_line: Callable[[str], object]) -> None:
    async for line in lines(lambda: stderr.read(READ_BYTES)):
        on_line(line)


def _pipe(pipe: asyncio.StreamReader | None) -> asyncio.StreamReader:
    if pipe is None:
        raise DecoderUnavailable("a child without pipes")
    return pipe


async def _drained(stream: asyncio.StreamReader | None) -> None:
    while stream is not None and await stream.read(READ_BYTES):
        pass
