"""The record of what operators did, as they read it."""

import argparse
import json
from typing import Any, Final

from fiapx_common.operating.commands import Answer, Command, Operation
from fiapx_common.postgres import latest_deeds

_AT_MOST: Final = 50


def audit_commands() -> list[Command[Any]]:
    """Of each service."""
    return [Command("audit", "list", "What operators did, the newest first.", _look, _limit)]


def _limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=_AT_MOST, help=f"at most (default {_AT_MOST})")


async def _look(operation: Operation[Any]) -> Answer:
    found = await latest_deeds(operation.engine, operation.given.limit)
    rows = [
        {
            "at": one.at,
            "operator": one.operator,
            "action": one.deed.action,
            "subject": one.deed.subject,
            "done_at": one.done_at,
            "details": json.dumps(dict(one.deed.details), ensure_ascii=False),
        }
        for one in found
    ]
    return Answer(rows, f"{len(rows)} action{'' if len(rows) == 1 else 's'}.")
