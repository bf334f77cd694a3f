"""A child process that cannot outlive us, cannot write files and cannot take more than its share."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fiapx_engine.errors import DecoderUnavailable
from fiapx_engine.libav.forking import CPU_GRACE_S
from fiapx_engine.wall_time import WallTime

READ_BYTES = 256 * 1024
_LINE_BYTES = 8 * 1024
CPU_TIME_UP = -signal.SIGXCPU
"""The exit code of a child that used more CPU time than its limit."""
ENVIRONMENT: Mapping[str, str] = {
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


def confined(arguments: Sequence[str], limits: ProcessLimits | None = None) -> list[str]:
    """The command behind util-linux's prlimit and setpriv, so that no Python code runs between fork and exec.

    It ends with the thread that starts it, gains no privileges and writes neither files nor cores.
    """
    shares = []
    if limits is not None:
        cpu = f"--cpu={limits.cpu_s}:{limits.cpu_s + CPU_GRACE_S}"
        shares = [f"--as={limits.memory_bytes}", cpu]
    alone = ["setpriv", "--no-new-privs", "--pdeathsig", "KILL", "--"]
    return ["prlimit", *shares, "--fsize=0", "--core=0", "--", *alone, *arguments]


class Child:
    """A running child: bytes from its stdout, its stderr already being read."""

    def __init__(self, process: asyncio.subprocess.Process, limits: ProcessLimits, log: asyncio.Task[None]) -> None:
        self._process = process
        self._log = log
        self.wall_time = WallTime(limits.wall_s)

    async def read(self) -> bytes:
        """The next bytes of stdout, empty at its end. Raises DecoderFailed when its time is used up."""
        return await self.wall_time.within(_pipe(self._process.stdout).read(READ_BYTES))

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

    async def exit_code(self) -> int:
        """After its stderr is read to the end; negative for a signal. Raises as `read`."""
        await self.wall_time.within(asyncio.shield(self._log))
        return await self.wall_time.within(self._process.wait())

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
) -> AsyncIterator[Child]:
    """Starts the child in a process group of its own; leaving the block, by cancellation too, kills the group.

    Each line of its stderr goes to `on_line`. `fed`: its stdin is open for `Child.feed`.

    Raises:
        DecoderUnavailable: it cannot be started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *confined(arguments, limits),
            stdin=asyncio.subprocess.PIPE if fed else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(ENVIRONMENT),
            cwd="/",
            start_new_session=True,
            limit=READ_BYTES,
        )
    except OSError as error:
        raise DecoderUnavailable(f"cannot start {arguments[0]}: {error.strerror}") from error
    child = Child(process, limits, asyncio.create_task(told(_pipe(process.stderr), on_line)))
    try:
        yield child
    finally:
        await asyncio.shield(asyncio.create_task(child.end()))


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


async def told(stderr: asyncio.StreamReader, on_line: Callable[[str], object]) -> None:
    async for line in lines(lambda: stderr.read(READ_BYTES)):
        on_line(line)


def _pipe(pipe: asyncio.StreamReader | None) -> asyncio.StreamReader:
    if pipe is None:
        raise DecoderUnavailable("a child without pipes")
    return pipe


async def _drained(stream: asyncio.StreamReader | None) -> None:
    while stream is not None and await stream.read(READ_BYTES):
        pass
