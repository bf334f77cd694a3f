"""The source as a file object for libav: bytes from an open descriptor, or asked of the parent by ranges."""

import io
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from fiapx_engine.libav.wire import ChildWire

BLOCK_BYTES: Final = 512 * 1024
_KEPT_BLOCKS: Final = 8

Fetch = Callable[[int, int], bytes | bytearray]
"""Bytes from an offset, one at least and at most so many; none at the end."""


def from_descriptor(descriptor: int) -> Fetch:
    def fetch(offset: int, length: int) -> bytes:
        return os.pread(descriptor, length, offset)

    return fetch


def from_parent(wire: ChildWire, size_bytes: int) -> Fetch:
    """Asks for whole blocks and keeps a few, since demuxers read on, and go back to headers and index."""
    blocks: OrderedDict[int, bytearray] = OrderedDict()

    def fetch(offset: int, length: int) -> bytearray:
        number, at = divmod(offset, BLOCK_BYTES)
        if number not in blocks:
            first = number * BLOCK_BYTES
            wire.send({"read": [first, min(BLOCK_BYTES, size_bytes - first)]})
            _, blocks[number] = wire.receive()
            if len(blocks) > _KEPT_BLOCKS:
                blocks.popitem(last=False)
        blocks.move_to_end(number)
        return blocks[number][at : at + length]

    return fetch


class ByteInput(io.RawIOBase):
    """A seekable reader for `av.open`. Between `hollow`'s ends it gives zeros without fetching anything."""

    def __init__(self, fetch: Fetch, size_bytes: int) -> None:
        super().__init__()
        self.size_bytes = size_bytes
        self.hollow = range(0)
        self.fetch = fetch
        self._at = 0

    def again(self) -> "ByteInput":
        """Another reader of the same, at its beginning."""
        return ByteInput(self.fetch, self.size_bytes)

    def read(self, size: int = -1) -> bytes:
        left = max(self.size_bytes - self._at, 0)
        wanted = left if size < 0 else min(size, left)
        if not wanted:
            return b""
        if self._at in self.hollow and self._at + wanted <= self.hollow.stop:
            self._at += wanted
            return bytes(wanted)
        data = bytes(self.fetch(self._at, wanted))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size_bytes}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
