import os
import socket
import threading
from collections.abc import Iterator

import pytest
from fiapx_engine.libav.byte_input import BLOCK_BYTES, ByteInput, from_parent
from fiapx_engine.libav.wire import ChildWire

CONTENT = bytes(range(256)) * 8192  # 2 MiB


def of_bytes(offset: int, length: int) -> bytes:
    return CONTENT[offset : offset + length]


@pytest.fixture
def source() -> ByteInput:
    return ByteInput(of_bytes, len(CONTENT))


def test_it_reads_on_from_where_it_is(source: ByteInput) -> None:
    assert source.read(3) + source.read(2) == CONTENT[:5]


@pytest.mark.parametrize(
    ("offset", "whence", "expected"),
    [(7, os.SEEK_SET, 7), (-9, os.SEEK_END, len(CONTENT) - 9), (4, os.SEEK_CUR, 14), (-99, os.SEEK_CUR, 0)],
)
def test_it_seeks_like_a_file(source: ByteInput, offset: int, whence: int, expected: int) -> None:
    source.seek(10)
    assert source.seek(offset, whence) == expected
    assert source.read(4) == CONTENT[expected : expected + 4]


def test_it_ends_at_its_end(source: ByteInput) -> None:
    source.seek(-2, os.SEEK_END)
    assert source.read(10) == CONTENT[-2:]
    assert source.read(10) == b""


def test_the_hollow_is_zeros_that_nobody_fetched() -> None:
    fetched: list[tuple[int, int]] = []

    def fetch(offset: int, length: int) -> bytes:
        fetched.append((offset, length))
        return of_bytes(offset, length)

    source = ByteInput(fetch, len(CONTENT))
    source.hollow = range(100, 200)
    source.seek(150)
    assert source.read(50) == bytes(50)
    assert not fetched
    assert source.read(10) == CONTENT[200:210]


def test_a_read_that_leaves_the_hollow_is_fetched_whole(source: ByteInput) -> None:
    source.hollow = range(100, 200)
    source.seek(190)
    assert source.read(20) == CONTENT[190:210]


class Parent:
    """Answers requests for ranges as the engine does, and notes them."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair()
        self._wire = ChildWire(ours)
        self._socket = ours
        self.asked: list[list[int]] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self.theirs.close()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        try:
            while True:
                head, _ = self._wire.receive()
                self.asked.append(head["read"])
                self._wire.send({}, of_bytes(*head["read"]))
        except EOFError:
            return


@pytest.fixture
def parent() -> Iterator[Parent]:
    running = Parent()
    yield running
    running.close()


def test_small_reads_one_after_another_are_asked_for_at_once(parent: Parent) -> None:
    fetch = from_parent(ChildWire(parent.theirs), len(CONTENT))
    assert b"".join(fetch(at, 1000) for at in range(0, 100_000, 1000)) == CONTENT[:100_000]
    assert parent.asked == [[0, BLOCK_BYTES]]


def test_what_was_fetched_lately_is_not_asked_for_again(parent: Parent) -> None:
    fetch = from_parent(ChildWire(parent.theirs), len(CONTENT))
    for at in (0, 3 * BLOCK_BYTES, 0, 3 * BLOCK_BYTES):
        assert fetch(at, 10) == CONTENT[at : at + 10]
    assert parent.asked == [[0, BLOCK_BYTES], [3 * BLOCK_BYTES, BLOCK_BYTES]]


def test_a_read_at_the_end_of_what_was_fetched_is_short_and_goes_on(parent: Parent) -> None:
    source = ByteInput(from_parent(ChildWire(parent.theirs), len(CONTENT)), len(CONTENT))
    source.read(BLOCK_BYTES - 10)
    assert source.read(100) + source.read(90) == CONTENT[BLOCK_BYTES - 10 : BLOCK_BYTES + 90]
