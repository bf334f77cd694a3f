"""The parent's side of the fork server: a process that has imported all that a decoder child needs, which is its fork.

A child that is started anew imports PyAV and numpy first, some 0.3 s of processor time; a fork has them at once.
"""

import asyncio
import json
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from signal import SIGKILL
from typing import Final, Self

from fiapx_engine.child import ENVIRONMENT, ProcessLimits, confined, told
from fiapx_engine.errors import DecoderUnavailable
from fiapx_engine.libav.forking import EXIT_CODE

_PYTHON: Final = (sys.executable, "-I", "-B")
_DECODER: Final = ("-m", "fiapx_engine.libav")
_SEND_TIMEOUT_S: Final = 10
_END_TIMEOUT_S: Final = 5


class ForkServer:
    """One process, begun when the first child is asked for; one thread of ours may use it, from any event loop.

    It ends when it is closed, and with the thread that began it; all its children with it.
    """

    def __init__(self, program: Sequence[str] = _DECODER) -> None:
        """`program`: Python's arguments for what calls `fiapx_engine.libav.forking.ForkServer`."""
        self._program = program
        self._begun: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Where it has not begun: so that its imports are done by the time that a child is wanted.

        Raises:
            DecoderUnavailable: it cannot be started.
        """
        self._requests()

    def fork(self, limits: ProcessLimits, channel: socket.socket, errors: socket.socket) -> socket.socket:
        """A child in a process group of its own, with `channel` as its stdin and `errors` as its stderr.

        The socket that is returned tells its exit code, once; when we send no more by it, the group is killed.

        Raises:
            DecoderUnavailable: there is no server, or it takes no message.
        """
        asked = json.dumps({"memory_bytes": limits.memory_bytes, "cpu_s": limits.cpu_s}).encode()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        handed = [channel.fileno(), errors.fileno(), theirs.fileno()]
        with theirs:
            try:
                try:
                    socket.send_fds(self._requests(), [asked], handed)
                except (BrokenPipeError, ConnectionResetError):  # it died while nobody needed it
                    self.close()
                    socket.send_fds(self._requests(), [asked], handed)
            except OSError as error:
                ours.close()
                raise DecoderUnavailable(f"the fork server takes no message: {error}") from error
        return ours

    def close(self) -> None:
        if self._begun is not None:
            (process, requests), self._begun = self._begun, None
            requests.close()
            process.kill()
            process.wait(_END_TIMEOUT_S)

    def _requests(self) -> socket.socket:
        if self._begun is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            ours.settimeout(_SEND_TIMEOUT_S)
            with theirs:
                try:
                    process = subprocess.Popen(
                        confined([*_PYTHON, *self._program]),
                        stdin=theirs.fileno(),
                        stdout=subprocess.DEVNULL,
                        env=dict(ENVIRONMENT),
                        cwd="/",
                        start_new_session=True,
                    )
                except OSError as error:
                    ours.close()
                    raise DecoderUnavailable(f"cannot start the fork server: {error.strerror}") from error
            self._begun = process, ours
        return self._begun[1]


class ForkedChild:
    """A running child, whose stderr is already being read."""

    def __init__(self, control: socket.socket, log: asyncio.Task[None]) -> None:
        self._control = control
        self._log = log
        self._ended = asyncio.create_task(self._exit_code())

    async def exit_code(self) -> int:
        """After its stderr is read to the end; negative for a signal."""
        await asyncio.shield(self._log)
        return await asyncio.shield(self._ended)

    async def end(self) -> bool:
        """Kills the whole process group and waits until the child is gone; false if it is not for seconds."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        _, left = await asyncio.wait([self._log, self._ended], timeout=_END_TIMEOUT_S)
        return not left

    async def _exit_code(self) -> int:
        with suppress(ConnectionResetError):
            data = await asyncio.get_running_loop().sock_recv(self._control, EXIT_CODE.size)
            with suppress(struct.error):
                code: int = EXIT_CODE.unpack(data)[0]
                return code
        return -SIGKILL  # with the server, as all its children


@asynccontextmanager
async def forked(
    server: ForkServer, limits: ProcessLimits, channel: socket.socket, on_line: Callable[[str], object]
) -> AsyncIterator[ForkedChild]:
    """Starts a child; leaving the block, by cancellation too, kills its process group.

    Each line of its stderr goes to `on_line`. `channel`, its stdin, is the child's alone afterwards. `limits.wall_s`
    is for who waits to keep.

    Raises:
        DecoderUnavailable: it cannot be started.
    """
    ours, theirs = socket.socketpair()
    with channel, theirs:
        try:
            control = server.fork(limits, channel, theirs)
        except DecoderUnavailable:
            ours.close()
            raise
    with control:
        control.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=ours)
        child = ForkedChild(control, asyncio.create_task(told(reader, on_line)))
        try:
            yield child
        finally:
            await asyncio.shield(asyncio.create_task(_end(server, child)))
            writer.close()


async def _end(server: ForkServer, child: ForkedChild) -> None:
    if not await child.end():
        server.close()  # it is stuck, and its children end with it
        await child.end()
