"""`python -m upload_service.admin`, as operators start it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fiapx_common.messaging import BrokerConnection
from fiapx_common.messaging.connecting import Purpose
from fiapx_testing.admin_commands import Admin
from fiapx_testing.brokers import Broker
from fiapx_testing.databases import Database
from upload_service.controllers.outcome_events import QUEUE

LETTERS = 300

Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Query = Callable[..., Awaitable[Sequence[Any]]]


Bury = Callable[..., Awaitable[UUID]]


async def test_dead_letters_are_listed_with_their_reason(admin: Admin, bury: Bury) -> None:
    message_id = await bury(b"{}", subject="7c9e6679-7425-40de-944b-e07fc1f90ae7")
    ended = await admin("dead-letters", "list", COLUMNS="60")
    assert (ended.code, ended.complaints) == (0, "")
    assert ended.words == (
        f"id        {message_id}\n"
        "queue     upload.outcomes\n"
        "type      video.processed.v1\n"
        "subject   7c9e6679-7425-40de-944b-e07fc1f90ae7\n"
        "attempt   10\n"
        "redrives  0\n"
        "sent at   -\n"
        "died at   2026-11-30 09:00:00Z\n"
        "reason    unexpected KeyError, 10 times\n"
        "\n"
        "1 dead letter.\n"
    )


async def test_scripts_get_a_line_of_json_for_each_dead_letter(admin: Admin, bury: Bury) -> None:
    ids = [str(await bury(b"{}")) for _ in range(3)]
    rows = (await admin("dead-letters", "list", "--json")).rows
    assert [row["id"] for row in rows] == ids
    assert rows[0]["died_at"] == "2026-11-30T09:00:00Z"


async def test_what_was_done_is_in_the_record(admin: Admin, bury: Bury) -> None:
    redriven, dropped = await bury(b"{"), await bury(b"{}", kind="nobody.knows.v1")
    await admin("--by", "ana", "dead-letters", "redrive", str(redriven))
    await admin("--by", "rui", "dead-letters", "discard", str(dropped))
    later, earlier = (await admin("audit", "list", "--json")).rows
    assert (earlier["operator"], earlier["action"], earlier["subject"]) == ("ana", "dead-letter.redrive", str(redriven))
    assert (later["operator"], later["action"], later["subject"]) == ("rui", "dead-letter.discard", str(dropped))
    assert json.loads(later["details"]) == {
        "queue": QUEUE,
        "type": "nobody.knows.v1",
        "about": "a video",
        "attempt": 10,
        "reason": "unexpected KeyError, 10 times",
    }
    assert earlier["at"] <= earlier["done_at"] <= later["at"] <= later["done_at"]


async def test_a_command_killed_midway_loses_nothing(
    *, admin: Admin, bury: Bury, broker: Broker, messages: BrokerConnection, eventually: Eventually, query: Query
) -> None:
    buried = {str(await bury(b"{}", kind="nobody.knows.v1")) for _ in range(LETTERS)}
    process = await admin.start("--by", "ana", "dead-letters", "redrive", "--all")

    async def half_sent() -> bool:
        return (await broker.queue(QUEUE)).ready > LETTERS // 4

    await eventually(half_sent)
    process.kill()
    assert await process.wait() != 0
    sent = (await broker.queue(QUEUE)).ready

    async def all_there() -> bool:
        return sent + (await broker.queue(f"{QUEUE}.dead")).ready >= LETTERS

    assert await eventually(all_there)
    assert sent < LETTERS
    assert (await admin("--by", "ana", "dead-letters", "redrive", "--all")).code == 0
    channel = await messages.channel(Purpose.CONSUMING)
    queue = await channel.get_queue(QUEUE)
    found = set()
    while (message := await queue.get(fail=False, no_ack=True)) is not None:
        found.add(message.message_id)
    assert found == buried
    recorded = await query("SELECT subject FROM operator_actions WHERE done_at IS NOT NULL")
    unsure = await query("SELECT subject FROM operator_actions WHERE done_at IS NULL")
    assert {row["subject"] for row in [*recorded, *unsure]} == buried
    assert len(unsure) <= 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["redrive", "--all"], "say who you are, for the record: --by NAME, before the subject"),
        (["discard"], "the following arguments are required: ID"),
        (["list", "--limit", "0"], "must be at least 1"),
        (["list", "--queue", "upload.nothing"], "(choose from "),
    ],
)
async def test_a_command_that_is_not_whole_is_refused(admin: Admin, arguments: list[str], words: str) -> None:
    ended = await admin("dead-letters", *arguments)
    assert (ended.code, ended.words) == (2, "")
    assert words in ended.complaints


async def test_an_unclear_choice_does_nothing(admin: Admin, bury: Bury, broker: Broker, query: Query) -> None:
    message_id = str(await bury(b"{}"))
    for arguments, words in [
        ([], "error: Which dead letters? ID: give ids, or --all.\n"),
        (["--all", message_id], "error: Which dead letters? ID: give ids, or --all.\n"),
        ([message_id, "no-id"], "error: No dead letter is called 'no-id': see `dead-letters list`.\n"),
        ([""], "error: No dead letter is called '': see `dead-letters list`.\n"),
    ]:
        ended = await admin("--by", "ana", "dead-letters", "redrive", *arguments)
        assert (ended.code, ended.complaints) == (1, words)
    assert (await admin("dead-letters", "list", "--json")).rows[0]["id"] == message_id
    assert await query("SELECT 1 FROM operator_actions") == []


async def test_servers_that_are_away_are_told(admin: Admin) -> None:
    nowhere = "127.0.0.1:9"
    ended = await admin("dead-letters", "list", UPLOAD_BROKER__URL=f"amqp://x:y@{nowhere}/")
    assert (ended.code, ended.words) == (1, "")
    assert ended.complaints.startswith("error: RabbitMQ does not answer (")
    ended = await admin("audit", "list", UPLOAD_POSTGRES__DSN=f"postgresql+asyncpg://x:y@{nowhere}/x")
    assert (ended.code, ended.words) == (1, "")
    assert ended.complaints.startswith("error: ")
    assert "Traceback" not in ended.complaints


async def test_on_an_old_schema_it_says_what_to_do(admin: Admin, postgres_database: Callable[[str], Database]) -> None:
    empty = await asyncio.to_thread(postgres_database, "upload")
    ended = await admin("audit", "list", UPLOAD_POSTGRES__DSN=empty.dsn)
    assert (ended.code, ended.words) == (1, "")
    newest = max(file.name[:4] for file in (admin.folder / "migrations/versions").glob("0*.py"))
    assert ended.complaints == f"error: The schema is at nothing, but {newest} is needed: run the migrations first.\n"


async def test_without_the_services_environment_it_says_where_to_run_it(admin: Admin) -> None:
    assert (await admin("dead-letters", "list", UPLOAD_BROKER__URL="")).code == 1
    bare = replace(admin, environment={})
    ended = await bare("dead-letters", "list")
    assert (ended.code, ended.words) == (1, "")
    assert "postgres: Field required" in ended.complaints
    assert ended.complaints.rstrip().endswith("run this where upload_service runs, with its environment")
    assert (await bare("--help")).code == 0
