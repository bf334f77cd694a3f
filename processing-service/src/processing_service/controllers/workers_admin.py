"""Operators' commands about the service's processes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fiapx_common.operating import Answer, Command, Operation
from fiapx_common.operating.tables import Row

from processing_service.entities.process import SeenProcess
from processing_service.services.operating import Operating

if TYPE_CHECKING:
    import argparse


def worker_commands(operating: Callable[[Operation[Any]], Operating]) -> list[Command[Any]]:
    """`operating` makes the use cases for one command."""

    async def look(operation: Operation[Any]) -> Answer:
        found = await operating(operation).processes()
        return Answer([_row(one) for one in found], f"{len(found)} process{'' if len(found) == 1 else 'es'}.")

    async def drain(operation: Operation[Any]) -> Answer:
        asked = await operating(operation).drain(operation.given.name, operation.operator)
        rows: list[Row] = [{"holder": one.holder, "host": one.host, "roles": ", ".join(one.roles)} for one in asked]
        return Answer(rows, "Asked: takes nothing new; is `drained` in `workers list` when it has nothing any more.")

    return [
        Command("workers", "list", "Planners, workers and assemblers, and what they do.", look),
        Command(
            "workers",
            "drain",
            "A process takes nothing new, and ends or hands back what it has; then it may be stopped or restarted.",
            drain,
            _name,
            changes=True,
        ),
    ]


def _name(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("name", metavar="NAME", help="holder, or host for all processes there, as `workers list` says")


def _row(one: SeenProcess) -> Row:
    return {
        "holder": one.process.holder,
        "host": one.process.host,
        "roles": ", ".join(one.process.roles),
        "state": one.state.value,
        "leases": one.leases,
        "started_at": one.started_at,
        "seen_at": one.seen_at,
        "drain_asked_at": one.drain_asked_at,
        "drained_at": one.drained_at,
    }
