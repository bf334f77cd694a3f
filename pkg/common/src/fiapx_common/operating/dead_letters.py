"""Dead letters: looked at, sent again, or dropped; what was done is in the record."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

from fiapx_common.errors import FieldError, Invalid, NotFound
from fiapx_common.messaging import DeadLetter, holding
from fiapx_common.messaging.dead_letters import HeldLetters
from fiapx_common.operating.commands import Answer, Command, Operation
from fiapx_common.operating.tables import Row
from fiapx_common.postgres import Deed, begin_deed, end_deed

_AT_MOST: Final = 1000
_REASON_CHARACTERS: Final = 200


def dead_letter_commands(queues: Sequence[str]) -> list[Command[Any]]:
    """Of a service that reads `queues`."""
    desk = _Desk(queues)
    return [
        Command("dead-letters", "list", "Messages that were given up, the oldest first.", desk.look, desk.filters),
        Command(
            "dead-letters",
            "redrive",
            "Sends dead letters to their queues again, as if they came for the first time.",
            desk.redrive,
            desk.choice_or_all,
            changes=True,
        ),
        Command(
            "dead-letters",
            "discard",
            "Drops dead letters for good: those that can never be handled.",
            desk.discard,
            desk.choice,
            changes=True,
        ),
    ]


class _Desk:
    """The commands about the dead letters of some queues."""

    def __init__(self, queues: Sequence[str]) -> None:
        self._queues = queues

    def filters(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--queue", choices=self._queues, help="of this queue only")
        parser.add_argument(
            "--limit", type=_positive, default=_AT_MOST, help=f"of each queue at most (default {_AT_MOST})"
        )

    def choice(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("ids", nargs="+", metavar="ID", help="message ids, or beginnings that are unique")
        self.filters(parser)

    def choice_or_all(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", metavar="ID", help="message ids, or beginnings that are unique")
        parser.add_argument("--all", action="store_true", help="all of them instead")
        self.filters(parser)

    async def look(self, operation: Operation[Any]) -> Answer:
        async with AsyncExitStack() as stack:
            held = await self._held(operation, stack)
            letters = [letter for some in held for letter in some.letters]
            more = sum(some.more for some in held)
        return Answer([_row(letter) for letter in letters], f"{_count(len(letters))}{_not_looked_at(more)}.")

    async def redrive(self, operation: Operation[Any]) -> Answer:
        if operation.given.all == bool(operation.given.ids):
            wish = FieldError("ID", "give ids, or --all", "missing")
            raise Invalid("nothing_chosen", "Which dead letters?", [wish])
        return await self._do(operation, "redrive", "sent again")

    async def discard(self, operation: Operation[Any]) -> Answer:
        return await self._do(operation, "discard", "dropped")

    async def _do(self, operation: Operation[Any], verb: str, done: str) -> Answer:
        """Each is recorded, then done, then marked as done in the record."""
        async with AsyncExitStack() as stack:
            held = await self._held(operation, stack)
            chosen = list(_chosen(held, operation.given.ids))
            for some, letter in chosen:
                recorded = await begin_deed(operation.engine, operation.operator, _deed(verb, letter))
                await (some.redrive(letter) if verb == "redrive" else some.discard(letter))
                await end_deed(operation.engine, recorded)
            more = 0 if operation.given.ids else sum(some.more for some in held)
        left = f"; {more} more are left, run it again" if more else ""
        return Answer([_row(letter) for _, letter in chosen], f"{_count(len(chosen))} {done}{left}.")

    async def _held(self, operation: Operation[Any], stack: AsyncExitStack) -> list[HeldLetters]:
        wanted = [operation.given.queue] if operation.given.queue else self._queues
        return [
            await stack.enter_async_context(holding(operation.broker, queue, operation.given.limit)) for queue in wanted
        ]


def _chosen(held: Sequence[HeldLetters], ids: Sequence[str]) -> Iterator[tuple[HeldLetters, DeadLetter]]:
    """All, or those of the ids. Raises NotFound or Invalid before any is given."""
    everything = [(some, letter) for some in held for letter in some.letters]
    if not ids:
        return iter(everything)
    names: set[str] = set()
    for wanted in ids:
        found = {letter.message.id for _, letter in everything if wanted and letter.message.id.startswith(wanted)}
        if not found:
            raise NotFound("dead_letter_not_found", f"No dead letter is called {wanted!r}: see `dead-letters list`.")
        if len(found) > 1 and wanted not in found:
            raise Invalid("ambiguous_id", f"{len(found)} dead letters begin with {wanted!r}: give more of the id.")
        names |= {wanted} if wanted in found else found
    return iter([(some, letter) for some, letter in everything if letter.message.id in names])


def _row(letter: DeadLetter) -> Row:
    message = letter.message
    return {
        "id": message.id,
        "queue": message.queue,
        "type": message.type,
        "subject": message.subject,
        "attempt": message.attempt,
        "redrives": letter.redrives,
        "sent_at": message.time,
        "died_at": letter.died_at,
        "reason": letter.reason,
    }


def _deed(verb: str, letter: DeadLetter) -> Deed:
    message = letter.message
    details = {
        "queue": message.queue,
        "type": message.type,
        "about": message.subject,
        "attempt": message.attempt,
        "reason": letter.reason[:_REASON_CHARACTERS],
    }
    return Deed(f"dead-letter.{verb}", message.id, details)


def _count(number: int) -> str:
    return f"{number} dead letter{'' if number == 1 else 's'}"


def _not_looked_at(more: int) -> str:
    return f", and {more} more (--limit)" if more else ""


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
