"""The parent's side of a decoder child: it is asked questions, and its own for bytes are answered meanwhile."""

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

from fiapx_models.failures import FailureCode

from fiapx_engine.child import CPU_TIME_UP, ProcessLimits
from fiapx_engine.errors import DecoderFailed, FramesLost
from fiapx_engine.fork_server import ForkedChild, ForkServer, forked
from fiapx_engine.libav.wire import FILE, HEAD, MOST_HEAD_BYTES, MOST_READ_BYTES, RANGES, Head, packed
from fiapx_engine.source_bytes import SourceBytes
from fiapx_engine.wall_time import WallTime

_MOST_BODY_BYTES: Final = 1 << 30
_BUFFER_BYTES: Final = 1 << 20
_KEPT_LINES: Final = 10

Message = tuple[Head, bytes]


class ChildRefused(Exception):
    """libav's own error, by the name that PyAV gives it."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(detail)
        self.name = name


@asynccontextmanager
async def libav_child(server: ForkServer, limits: ProcessLimits) -> AsyncIterator["LibavChild"]:
    """A fresh child, which waits to be handed a source.

    Raises:
        DecoderUnavailable: it cannot be started.
    """
    ours, theirs = socket.socketpair()
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    with ours:
        async with forked(server, limits, theirs, said.append) as child:
            streams = await asyncio.open_connection(sock=ours.dup(), limit=_BUFFER_BYTES)
            try:
                yield LibavChild(child, WallTime(limits.wall_s), ours, streams, said)
            finally:
                streams[1].close()


class LibavChild:
    """One child process, which serves one source and then ends."""

    def __init__(
        self,
        child: ForkedChild,
        wall_time: WallTime,
        sock: socket.socket,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        said: deque[str],
    ) -> None:
        self._child = child
        self._wall_time = wall_time
        self._sock = sock
        self._reader, self._writer = streams
        self._said = said
        self._source: SourceBytes | None = None

    @asynccontextmanager
    async def reading(self, source: SourceBytes) -> AsyncIterator[None]:
        """Hands it the source, once in its life."""
        async with source.descriptor() as descriptor:
            word, descriptors = (RANGES, []) if descriptor is None else (FILE, [descriptor])
            await self._begin(word, descriptors, source.size_bytes)
            self._source = source
            yield

    async def begin_without_source(self) -> None:
        """It is to encode what it is given; once in its life."""
        await self._begin(RANGES, [], 0)

    async def _begin(self, word: bytes, descriptors: Sequence[int], size_bytes: int) -> None:
        try:
            socket.send_fds(self._sock, [word], descriptors)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._why() from error
        await self._send({"size_bytes": size_bytes})

    async def ask(self, command: Head) -> Head:
        """A question with one answer. Raises as `messages`."""
        async with aclosing(self.messages(command)) as answers:
            async for head, _ in answers:
                return head
        raise await self._why()

    async def messages(self, command: Head, body: bytes = b"") -> AsyncGenerator[Message, None]:
        """The answers to a command, the last one has `done`.

        Raises:
            ChildRefused: libav's error.
            FramesLost: what was planned did not come.
            DecoderFailed: the child is gone, or takes too long.
        """
        await self._send(command, body)
        while True:
            head, answer = await self._wall_time.within(self._receive())
            if "read" in head:
                await self._answer(head["read"])
            elif head.get("failed") == "lost":
                raise FramesLost(str(head.get("detail")))
            elif "failed" in head:
                raise ChildRefused(str(head["failed"]), str(head.get("detail")))
            else:
                yield head, answer
                if "done" in head:
                    return

    async def _answer(self, asked: Any) -> None:
        """Nothing that the child says is believed: it may be what a hostile video made of it."""
        if self._source is None or not is_range(asked):
            raise DecoderFailed(FailureCode.DECODER_CRASHED, "a question for bytes without measure")
        offset, length = asked
        await self._send({}, await self._source.read(offset, length))

    async def _send(self, head: Head, body: bytes = b"") -> None:
        try:
            self._writer.write(packed(head, len(body)))
            self._writer.write(body)
            await self._wall_time.within(self._writer.drain())
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._why() from error

    async def _receive(self) -> Message:
        try:
            head_bytes, body_bytes = HEAD.unpack(await self._reader.readexactly(HEAD.size))
            if head_bytes > MOST_HEAD_BYTES or body_bytes > _MOST_BODY_BYTES:
                raise DecoderFailed(FailureCode.DECODER_CRASHED, "a message without measure")
            head = json.loads(await self._reader.readexactly(head_bytes))
            if not isinstance(head, dict):
                raise DecoderFailed(FailureCode.DECODER_CRASHED, "a message that is none")
            return head, await self._reader.readexactly(body_bytes)
        except (ValueError, RecursionError) as error:
            raise DecoderFailed(FailureCode.DECODER_CRASHED, "a message that is none") from error
        except (asyncio.IncompleteReadError, ConnectionResetError) as error:
            raise await self._why() from error

    async def _why(self) -> DecoderFailed:
        code = await self._wall_time.within(self._child.exit_code())
        if code == CPU_TIME_UP:
            return DecoderFailed(FailureCode.TIMEOUT, "the decoder's CPU time is used up")
        return DecoderFailed(FailureCode.DECODER_CRASHED, f"exit code {code}: {' | '.join([*self._said][::-1])}")


def is_range(asked: object) -> bool:
    """Whether it is an offset and a length that may be asked for."""
    match asked:
        case [int(offset), int(length)]:
            return offset >= 0 and 0 < length <= MOST_READ_BYTES
        case _:
            return False
