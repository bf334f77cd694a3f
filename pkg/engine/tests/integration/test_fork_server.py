"""Children that are forks: what they may, what they see, and that none outlives who wants it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fiapx_engine.child import ProcessLimits
from fiapx_engine.fork_server import ForkServer, forked
from fiapx_testing.processes import children_of, is_gone
from fiapx_testing.waiting import PATIENCE_S, until

MEBIBYTE = 1024 * 1024
LIMITS = ProcessLimits(wall_s=300, cpu_s=60, memory_bytes=500 * MEBIBYTE)
SERVING = (
    "import socket, sys, time, os, pathlib\n"
    "from fiapx_engine.libav.forking import ForkServer\n"
    "def serve():\n"
    "    exec(os.read(0, 10_000).decode(), globals())\n"
    "    return 0\n"
    "ForkServer(socket.socket(fileno=os.dup(0)), serve).run()\n"
)


@pytest.fixture
def server() -> Iterator[ForkServer]:
    """Its children run what they are sent."""
    with ForkServer(["-c", SERVING]) as started:
        yield started


async def outcome_of(server: ForkServer, program: str, limits: ProcessLimits = LIMITS) -> tuple[int, list[str]]:
    """The exit code, and the lines that it wrote to stderr."""
    told: list[str] = []
    ours, theirs = socket.socketpair()
    with ours:
        async with forked(server, limits, theirs, told.append) as child:
            ours.send(program.encode())
            return await child.exit_code(), told


def servers() -> list[int]:
    return [pid for pid in children_of(os.getpid()) if b"forking" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def forks() -> list[int]:
    return [child for server in servers() for child in children_of(server)]


async def test_it_tells_the_exit_code_and_what_was_said(server: ForkServer) -> None:
    code, told = await outcome_of(server, "sys.stderr.write('one\\ntwo\\n'); os._exit(3)")
    assert (code, told) == (3, ["one", "two"])


async def test_a_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "canary")
    with ForkServer(["-c", SERVING]) as server:
        _, told = await outcome_of(server, "sys.stderr.write(pathlib.Path('/proc/self/environ').read_text())")
    assert "PATH=" in told[0]
    assert "canary" not in told[0]


async def test_a_child_holds_no_descriptor_but_its_own(server: ForkServer) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        async with forked(server, LIMITS, theirs, print):
            await until(forks)
            (other,) = forks()
            await until(lambda: Path(f"/proc/{other}/comm").read_text() == "fiapx-decoder\n")
            _, told = await outcome_of(server, "sys.stderr.write(' '.join(sorted(os.listdir('/proc/self/fd'))))")
    assert told == ["0 1 2 3"]  # the last one is the folder that is being read


async def test_a_child_cannot_write_files(server: ForkServer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    code, told = await outcome_of(server, f"pathlib.Path({str(path)!r}).write_text('text')")
    assert code == 1
    assert "File too large" in told[-1]


async def test_a_child_cannot_take_more_memory_than_its_share(server: ForkServer) -> None:
    code, told = await outcome_of(server, "bytearray(1 << 30)")
    assert (code, told[-1]) == (1, "MemoryError")


async def test_a_child_cannot_take_more_cpu_time_than_its_share(server: ForkServer) -> None:
    limits = ProcessLimits(wall_s=300, cpu_s=1, memory_bytes=500 * MEBIBYTE)
    code, _ = await outcome_of(server, "while True: pass", limits)
    assert code == -signal.SIGXCPU


async def test_children_live_side_by_side(server: ForkServer) -> None:
    """Each waits for a word of the other, so one after the other they would never end."""
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    exchanging = b"os.write(0, b'word'); os.read(0, 4)"
    one.send(exchanging)
    other.send(exchanging)

    async def code_of(channel: socket.socket) -> int:
        async with forked(server, LIMITS, channel, print) as child:
            return await child.exit_code()

    async with asyncio.timeout(PATIENCE_S):
        assert [*await asyncio.gather(code_of(one), code_of(other))] == [0, 0]


async def test_leaving_kills_a_frozen_child_and_what_it_started(server: ForkServer) -> None:
    ours, theirs = socket.socketpair()
    told: list[str] = []
    with ours:
        async with forked(server, LIMITS, theirs, told.append):
            ours.send(b"print(os.fork(), os.getpid(), file=sys.stderr, flush=True); time.sleep(600)")
            await until(lambda: len(told) > 1)
            started = {int(word) for line in told for word in line.split()} - {0}
            assert len(started) == 2
            os.kill(forks()[0], signal.SIGSTOP)
    await until(lambda: all(is_gone(pid) for pid in started))


async def test_a_frozen_server_holds_nobody_up(server: ForkServer) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        async with asyncio.timeout(PATIENCE_S), forked(server, LIMITS, theirs, print):
            await until(forks)
            (frozen,) = servers()
            started = [frozen, *forks()]
            os.kill(frozen, signal.SIGSTOP)
    await until(lambda: all(is_gone(pid) for pid in started))
    assert (await outcome_of(server, "pass"))[0] == 0


async def test_children_that_end_while_they_are_killed_cost_no_other_anything(server: ForkServer) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        async with forked(server, LIMITS, theirs, print) as lasting:
            for _ in range(100):
                channel, other = socket.socketpair()
                with channel:
                    async with forked(server, LIMITS, other, print):
                        channel.send(b"pass")
            ours.send(b"pass")
            assert await lasting.exit_code() == 0


async def test_children_end_with_the_server(server: ForkServer) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        async with forked(server, LIMITS, theirs, print) as child:
            await until(forks)
            os.kill(servers()[0], signal.SIGKILL)
            assert await child.exit_code() == -signal.SIGKILL
    assert not forks()


async def test_a_server_that_died_is_replaced(server: ForkServer) -> None:
    await outcome_of(server, "pass")
    (first,) = servers()
    os.kill(first, signal.SIGKILL)
    await until(lambda: is_gone(first))
    code, _ = await outcome_of(server, "pass")
    assert code == 0
    assert servers() != [first]


async def test_a_fork_that_fails_costs_no_other_child_anything() -> None:
    refusing = SERVING.replace(
        "ForkServer(",
        "import errno\ndef fork(real=os.fork):\n"
        "    if forks.pop(): raise BlockingIOError(errno.EAGAIN, 'no more processes')\n"
        "    return real()\nforks = [True, False]\nos.fork = fork\nForkServer(",
    )
    with ForkServer(["-c", refusing]) as server:
        ours, theirs = socket.socketpair()
        with ours:
            async with forked(server, LIMITS, theirs, print) as child:
                assert (await outcome_of(server, "pass"))[0] == -signal.SIGKILL
                ours.send(b"pass")
                assert await child.exit_code() == 0


async def test_a_server_that_cannot_run_gives_a_child_that_failed() -> None:
    with ForkServer(["-c", "import a_module_that_is_not_there"]) as broken:
        code, _ = await outcome_of(broken, "pass")
    assert code == -signal.SIGKILL


async def test_server_and_children_die_with_their_parent() -> None:
    program = (
        "import asyncio, socket\n"
        "from fiapx_engine.child import ProcessLimits\n"
        "from fiapx_engine.fork_server import ForkServer, forked\n"
        "async def main():\n"
        "    ours, theirs = socket.socketpair()\n"
        "    async with forked(ForkServer(), ProcessLimits(60, 60, 2_000_000_000), theirs, print):\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    await until(lambda: [child for server in children_of(parent.pid) for child in children_of(server)])
    started = [
        *children_of(parent.pid),
        *(child for server in children_of(parent.pid) for child in children_of(server)),
    ]
    parent.kill()
    await parent.wait()
    await until(lambda: all(is_gone(pid) for pid in started))
