"""Messages between a worker and its decoder child, over one Unix socket: a JSON head, and bytes behind it.

The child asks (`read`: offset and length) and tells; the parent commands and answers. Nothing that the child sends is
ever unpickled or executed.
"""

import json
import socket
import struct
from threading import Lock
from typing import Any, Final

HEAD: Final = struct.Struct(">IQ")
"""Bytes of the JSON head, bytes of the body."""
MOST_HEAD_BYTES: Final = 1024 * 1024
MOST_READ_BYTES: Final = 1024 * 1024
"""Of one question for bytes."""
FILE: Final = b"F"
"""Before the first command: a descriptor of the whole file comes along, to be read with pread."""
RANGES: Final = b"R"
"""Before the first command: bytes are to be asked for by `read`."""

Head = dict[str, Any]


class WireBroken(EOFError):
    """The other side is gone, in the middle of a message or between two."""


def packed(head: Head, body_bytes: int) -> bytes:
    """What stands before the body."""
    text = json.dumps(head, separators=(",", ":")).encode()
    return HEAD.pack(len(text), body_bytes) + text


class ChildWire:
    """The child's side: blocking. Only one thread receives; any may send."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._sending = Lock()

    def opened(self) -> int | None:
        """Waits for the parent's first word: a descriptor of the file, or None where bytes come by ranges."""
        word, descriptors, _, _ = socket.recv_fds(self._sock, 1, 1)
        if not word:
            raise WireBroken
        return descriptors[0] if word == FILE else None

    def receive(self) -> tuple[Head, bytearray]:
        """The next message. Raises WireBroken."""
        head_bytes, body_bytes = HEAD.unpack(self._exactly(HEAD.size))
        return json.loads(self._exactly(head_bytes)), self._exactly(body_bytes)

    def send(self, head: Head, body: bytes | bytearray | memoryview = b"") -> None:
        """Returns when all is in the socket, so a slow reader holds the writer."""
        view = memoryview(body).cast("B")
        with self._sending:
            self._sock.sendall(packed(head, len(view)))
            self._sock.sendall(view)

    def _exactly(self, count: int) -> bytearray:
        data = bytearray(count)
        view = memoryview(data)
        at = 0
        while at < count:
            got = self._sock.recv_into(view[at:])
            if not got:
                raise WireBroken
            at += got
        return data
