"""A stack starts, stays, is repaired and leaves nothing behind."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fiapx_local.process_table import is_alive, pids_of_stack
from fiapx_local.servers import Postgres
from fiapx_local.stack import NotReady, PortTaken, Stack

MakeStack = Callable[[Path], Stack]
REDIS = ("redis",)


def pid_of(stack: Stack, name: str) -> int:
    return stack.supervisor.states()[name].pid


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_starting_twice_leaves_what_runs_alone(stack: Stack) -> None:
    stack.start(only=REDIS)
    first = pid_of(stack, "redis")

    stack.start(only=REDIS)

    assert pid_of(stack, "redis") == first


def test_stopping_leaves_no_process(stack: Stack) -> None:
    stack.start(only=("redis", "rabbitmq", "postgres"))
    pids = pids_of_stack(stack.settings.layout.state)
    assert len(pids) >= 5

    stack.stop()

    assert [pid for pid in pids if is_alive(pid)] == []
    assert pids_of_stack(stack.settings.layout.state) == []


def test_stopping_what_does_not_run_is_no_error(stack: Stack) -> None:
    stack.stop()
    stack.start(only=REDIS)
    stack.stop()
    stack.stop()

    assert not stack.is_running()


def test_data_is_still_there_after_a_stop(stack: Stack) -> None:
    stack.start(only=("postgres",))
    postgres = Postgres(stack.settings)
    postgres.run_sql("CREATE TABLE kept (id int);")
    stack.stop()

    stack.start(only=("postgres",))

    postgres.run_sql("SELECT id FROM kept;")


def test_a_killed_server_comes_back_by_itself(stack: Stack) -> None:
    stack.start(only=REDIS)
    first = pid_of(stack, "redis")

    os.kill(first, signal.SIGKILL)

    until(lambda: pid_of(stack, "redis") not in (0, first))
    stack.start(only=REDIS)


def test_a_killed_supervisor_is_replaced_and_its_orphans_are_ended(stack: Stack) -> None:
    stack.start(only=("redis", "postgres"))
    orphans = [pid_of(stack, "redis"), pid_of(stack, "postgres")]
    supervisor = int((stack.settings.layout.run / "supervisord.pid").read_text())
    os.kill(supervisor, signal.SIGKILL)
    until(lambda: not is_alive(supervisor))

    stack.start(only=("redis", "postgres"))

    assert not any(is_alive(pid) for pid in orphans)


def test_orphans_of_a_killed_supervisor_are_stopped_too(stack: Stack) -> None:
    stack.start(only=REDIS)
    os.kill(int((stack.settings.layout.run / "supervisord.pid").read_text()), signal.SIGKILL)

    stack.stop()

    assert pids_of_stack(stack.settings.layout.state) == []


def test_a_taken_port_is_named_with_its_owner(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", stack.settings.ports.inner.redis)), pytest.raises(PortTaken) as error:
        stack.start(only=REDIS)

    assert f"port {stack.settings.ports.inner.redis} (redis) is taken by process {os.getpid()}" in str(error.value)


def test_two_stacks_run_side_by_side(make_stack: MakeStack, tmp_path: Path) -> None:
    here, there = make_stack(tmp_path / "here"), make_stack(tmp_path / "there")
    here.start(only=REDIS)
    there.start(only=REDIS)

    there.stop()

    assert here.supervisor.states()["redis"].state == "RUNNING"


def test_a_folder_below_one_that_only_its_owner_enters_is_good_enough(make_stack: MakeStack, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    stack = make_stack(private / "a checkout, 100% full" / ".local")

    stack.start(only=("postgres", "redis", "store"))

    assert Postgres(stack.settings).is_ready()


def test_a_folder_deeper_than_a_sockets_path_may_be_is_good_enough(make_stack: MakeStack, tmp_path: Path) -> None:
    stack = make_stack(tmp_path / ("d" * 60) / ("e" * 60) / ".local")

    stack.start(only=("postgres", "redis", "rabbitmq"))

    assert stack.is_running()


def test_a_server_that_cannot_start_is_named_with_its_last_words(stack: Stack) -> None:
    stack.start(only=("postgres",))
    stack.stop()
    (stack.settings.layout.postgres / "data" / "PG_VERSION").write_text("1\n")

    with pytest.raises(NotReady, match=r"postgres does not answer(.|\n)*PG_VERSION|not compatible"):
        stack.start(only=("postgres",))
