"""`python -m <service>.admin [--by NAME] SUBJECT VERB …`: parsed, run against the service's own servers, answered."""

import argparse
import asyncio
import json
import logging
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from fiapx_common.errors import FiapxError, Invalid
from fiapx_common.messaging import BrokerConnection, connect
from fiapx_common.operating.tables import Row, table
from fiapx_common.postgres import OldSchema, create_engine, require_current_schema
from fiapx_common.settings import BrokerSettings, PostgresSettings

_WELL: Final = 0
_ILL: Final = 1
_LOGGED_FROM: Final = 40  # errors


class Operated(Protocol):
    """What the settings of each service with a database hold."""

    @property
    def postgres(self) -> PostgresSettings:
        """Its own database."""
        ...

    @property
    def broker(self) -> BrokerSettings:
        """RabbitMQ, under its own user."""
        ...

    @property
    def migrations_dir(self) -> Path:
        """Where the schema's versions lie."""
        ...


S = TypeVar("S", bound=Operated)


@dataclass(frozen=True)
class Operation(Generic[S]):
    """One command under way."""

    given: argparse.Namespace
    settings: S
    engine: AsyncEngine
    broker: BrokerConnection

    @property
    def operator(self) -> str:
        """Who does it, for the record."""
        return str(self.given.by)


@dataclass(frozen=True)
class Answer:
    """What a command found or did: rows for a table or for JSON lines, and a sentence about them."""

    rows: Sequence[Row]
    summary: str


@dataclass(frozen=True)
class Command(Generic[S]):
    """One verb of one subject."""

    subject: str
    verb: str
    help: str
    run: Callable[[Operation[S]], Awaitable[Answer]]
    arguments: Callable[[argparse.ArgumentParser], None] = field(default=lambda _parser: None)
    changes: bool = False
    """It needs to know who does it."""


def administer(
    service: str, settings: Callable[[], S], commands: Iterable[Command[S]], argv: Sequence[str] | None = None
) -> int:
    """The whole of a service's `admin.py`. `service` is its package; the status that the process ends with."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(_LOGGED_FROM),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger().addHandler(logging.NullHandler())  # what libraries say of an error is in ours
    parser = _parser(service, commands)
    given = parser.parse_args(argv)
    if given.command.changes and not (given.by or "").strip():
        parser.error("say who you are, for the record: --by NAME, before the subject")
    try:
        answer = asyncio.run(_run(service, settings(), given))
    except ValidationError as error:
        return _failed(f"{_missing(error)}: run this where {service} runs, with its environment")
    except Invalid as error:
        return _failed(" ".join([error.detail, *(f"{one.field}: {one.message}." for one in error.fields)]))
    except OldSchema as error:
        return _failed(str(error))
    except FiapxError as error:
        return _failed(error.detail)
    _tell(answer, as_json=given.json)
    return _WELL


async def _run(service: str, settings: S, given: argparse.Namespace) -> Answer:
    name = f"{service.replace('_', '-')}-admin"
    command: Command[S] = given.command
    engine = create_engine(settings.postgres, name)
    try:
        await require_current_schema(engine, settings.migrations_dir)
        async with connect(settings.broker, name) as broker:
            return await command.run(Operation(given, settings, engine, broker))
    finally:
        await engine.dispose()


def _parser(service: str, commands: Iterable[Command[S]]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service}.admin", description=f"What operators do to {service}.")
    parser.add_argument("--by", metavar="NAME", help="who you are; kept in the record of whatever changes something")
    subjects = parser.add_subparsers(required=True, metavar="SUBJECT")
    verbs: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in commands:
        if command.subject not in verbs:
            subject = subjects.add_parser(command.subject, help=f"{command.subject}: what can be done")
            verbs[command.subject] = subject.add_subparsers(required=True, metavar="VERB")
        verb = verbs[command.subject].add_parser(command.verb, help=command.help, description=command.help)
        verb.add_argument("--json", action="store_true", help="one JSON object per line, for scripts")
        command.arguments(verb)
        verb.set_defaults(command=command)
    return parser


def _tell(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        for row in answer.rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")
        return
    if answer.rows:
        sys.stdout.write(table(answer.rows, shutil.get_terminal_size().columns) + "\n\n")
    sys.stdout.write(answer.summary + "\n")


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


def _missing(error: ValidationError) -> str:
    return ", ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False))


def _failed(words: str) -> int:
    sys.stderr.write(f"error: {words}\n")
    return _ILL
