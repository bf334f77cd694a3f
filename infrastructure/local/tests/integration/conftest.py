"""Stacks of the tests' own, stopped whatever happens."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fiapx_local.layout import Layout
from fiapx_local.ports import Ports
from fiapx_local.process_table import is_taken
from fiapx_local.settings import StackSettings
from fiapx_local.stack import Stack

MakeStack = Callable[[Path], Stack]


def free_base() -> int:
    while True:
        base = random.randrange(20000, 32000, 50)
        if not any(is_taken("127.0.0.1", port) for port in Ports.from_base(base).named().values()):
            return base


@pytest.fixture
def make_stack() -> Iterator[MakeStack]:
    stacks: list[Stack] = []

    def make(state: Path) -> Stack:
        stacks.append(Stack(StackSettings(Layout(state), Ports.from_base(free_base()), durable=False)))
        return stacks[-1]

    yield make
    for stack in stacks:
        stack.stop()


@pytest.fixture
def stack(make_stack: MakeStack, tmp_path: Path) -> Stack:
    return make_stack(tmp_path / "state")
