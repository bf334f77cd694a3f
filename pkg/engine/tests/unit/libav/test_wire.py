import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fiapx_engine.libav.wire import FILE, HEAD, RANGES, ChildWire, WireBroken, packed


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The parent's and the child's."""
    parent, child = socket.socketpair()
    with parent, child:
        yield parent, child


def test_a_message_is_its_head_and_its_body(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    parent.sendall(packed({"do": "headers"}, 3) + b"abc")
    head, body = ChildWire(child).receive()
    assert (head, bytes(body)) == ({"do": "headers"}, b"abc")


def test_what_the_child_sends_reads_back(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    ChildWire(child).send({"image": [1]}, memoryview(b"pixels"))
    told = parent.recv(1000)
    head_bytes, body_bytes = HEAD.unpack(told[: HEAD.size])
    assert told[HEAD.size :] == b'{"image":[1]}' + b"pixels"
    assert (head_bytes, body_bytes) == (13, 6)


def test_messages_of_several_threads_stay_whole(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    wire = ChildWire(child)
    senders = [threading.Thread(target=wire.send, args=({"n": n}, bytes([n]) * 300_000)) for n in range(4)]
    for sender in senders:
        sender.start()
    reader = ChildWire(parent)
    received = [reader.receive() for _ in senders]
    for sender in senders:
        sender.join()
    assert sorted(head["n"] for head, _ in received) == [0, 1, 2, 3]
    assert all(body == bytes([head["n"]]) * 300_000 for head, body in received)


def test_a_parent_that_hangs_up_ends_the_conversation(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    parent.sendall(packed({"do": "headers"}, 10) + b"abc")
    parent.close()
    with pytest.raises(WireBroken):
        ChildWire(child).receive()


def test_a_file_is_handed_over_as_a_descriptor(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    with Path(__file__).open("rb") as file:
        socket.send_fds(parent, [FILE], [file.fileno()])
    descriptor = ChildWire(child).opened()
    assert descriptor is not None
    assert os.pread(descriptor, 9, 0) == b"import os"
    os.close(descriptor)


def test_without_a_descriptor_bytes_come_by_ranges(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    parent.sendall(RANGES)
    assert ChildWire(child).opened() is None
