"""Services with a fault planted in them, to see whether a run finds it.

`python -m fiapx_testing.chaos.mutants PACKAGE MUTANT FILE` runs a service whose fault shows once the file is there.
"""

import asyncio
import runpy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from itertools import count
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID, uuid4

from aio_pika.abc import AbstractIncomingMessage
from fiapx_common import messaging
from fiapx_common.messaging.envelope import Publishable
from fiapx_common.postgres.outbox import Outbox
from fiapx_local.program import Program
from fiapx_local.services import Service

_MUTATED: Final = "upload-service"
_DROPS_EVERY: Final = 3
_MIDWAY_S: Final = 1.0
"""Between the early ack and what it should have waited for: long enough for a fault to fall into it."""


@dataclass(frozen=True)
class MutatedService(Service):
    """A service that runs with a mutant in it."""

    mutant: str = ""
    shows: Path = Path()
    """The file from whose existence on it shows."""

    def programs(self) -> list[Program]:
        (program,) = super().programs()
        words = (sys.executable, "-m", __spec__.name, self.package, self.mutant, str(self.shows))
        values = {field.name: getattr(program, field.name) for field in fields(Program)}
        return [Program(**{**values, "argv": words})]


def mutated(service: Service, mutant: str, shows: Path) -> Service:
    """The same process with one of `MUTANTS` in it, if it is one of upload-service's."""
    assert mutant in MUTANTS, f"{mutant} is none of {', '.join(MUTANTS)}"
    if service.folder != _MUTATED:
        return service
    values = {field.name: getattr(service, field.name) for field in fields(Service)}
    return MutatedService(**values, mutant=mutant, shows=shows)


def _drop_outbox_rows(shows: Callable[[], bool]) -> None:
    add, calls = Outbox.add, count()

    async def forgetful(self: Outbox, event: Publishable, headers: Mapping[str, str] | None = None) -> UUID:
        if shows() and next(calls) % _DROPS_EVERY == 0:
            return uuid4()
        return await add(self, event, headers)

    Outbox.add = forgetful  # type: ignore[method-assign]


def _ack_before_commit(shows: Callable[[], bool]) -> None:
    class Hasty(messaging.Consumer):
        async def _handle(self, incoming: AbstractIncomingMessage) -> None:
            if shows():
                await incoming.ack()
                await asyncio.sleep(_MIDWAY_S)
                incoming = cast("AbstractIncomingMessage", _Acked(incoming))
            await super()._handle(incoming)

    messaging.Consumer = Hasty  # type: ignore[misc]


class _Acked:
    """A message that need not be acknowledged any more."""

    def __init__(self, incoming: AbstractIncomingMessage) -> None:
        self._incoming = incoming

    def __getattr__(self, name: str) -> Any:
        return getattr(self._incoming, name)

    async def ack(self) -> None:
        pass


MUTANTS: Final[Mapping[str, Callable[[Callable[[], bool]], None]]] = {
    "drop-outbox-rows": _drop_outbox_rows,
    "ack-before-commit": _ack_before_commit,
}

if __name__ == "__main__":
    package, mutant, shows = sys.argv[1:]
    MUTANTS[mutant](Path(shows).exists)
    sys.argv = [package]
    runpy.run_module(package, run_name="__main__", alter_sys=True)
