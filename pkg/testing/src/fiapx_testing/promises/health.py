"""What each process says of itself while something happens to the platform."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event
from typing import Final

from fiapx_local.probes import http_status
from fiapx_local.service_settings import services
from fiapx_local.services import Service

from fiapx_testing.platforms import Platform

_EVERY_S: Final = 1.0


@dataclass
class Health:
    """Of all looks, one a second; whole after the block."""

    looks: int = 0
    not_live: list[str] = field(default_factory=list)
    """A program's name for each look at which it was not live."""
    ready: dict[str, bool] = field(default_factory=dict)
    """By program, at the last look."""


@contextmanager
def watched(platform: Platform) -> Iterator[Health]:
    """Looks until the block's end."""
    health, over = Health(), Event()
    programs = services(platform.stack.settings)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_watch, programs, health, over)
        try:
            yield health
        finally:
            over.set()
    running.result()


def service_of(program: str) -> str:
    """Without the number of its process: auth-2 is of auth."""
    return re.sub(r"-\d+$", "", program)


def pids(platform: Platform) -> dict[str, int]:
    """By program."""
    states = platform.stack.supervisor.states()
    return {program.name: states[program.name].pid for program in services(platform.stack.settings)}


def _watch(programs: Sequence[Service], health: Health, over: Event) -> None:
    with ThreadPoolExecutor(len(programs)) as pool:
        while True:
            lives = list(pool.map(lambda program: _is(program, "live"), programs))
            ready = list(pool.map(lambda program: _is(program, "ready"), programs))
            health.not_live += [program.name for program, is_live in zip(programs, lives, strict=True) if not is_live]
            health.ready = {program.name: is_ready for program, is_ready in zip(programs, ready, strict=True)}
            health.looks += 1
            if over.wait(_EVERY_S):
                return


def _is(program: Service, what: str) -> bool:
    return http_status(program.settings.host, program.health_port, f"/health/{what}") == HTTPStatus.OK
