"""A row and the message about it are one."""

import json
from typing import Any, ClassVar

import sqlalchemy as sa
from fiapx_common.postgres import Outbox, transaction
from opentelemetry.sdk.trace import TracerProvider
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine


class ThingMade(BaseModel):
    TYPE: ClassVar[str] = "thing.made.v1"
    name: str

    def subject(self) -> str:
        return self.name


async def make_thing(engine: AsyncEngine, name: str, *, commit: bool) -> None:
    async with transaction(engine) as connection:
        await connection.execute(sa.text("INSERT INTO things (name) VALUES (:name)"), {"name": name})
        await Outbox(connection).add(ThingMade(name=name))
        if commit:
            await connection.commit()


async def rows(engine: AsyncEngine, table: str) -> list[Any]:
    async with transaction(engine) as connection:
        return list((await connection.execute(sa.text(f"SELECT * FROM {table}"))).all())


async def test_a_rollback_loses_both_the_row_and_the_message(engine: AsyncEngine) -> None:
    await make_thing(engine, "red", commit=False)
    assert await rows(engine, "things") == []
    assert await rows(engine, "outbox") == []


async def test_a_commit_keeps_both(engine: AsyncEngine) -> None:
    await make_thing(engine, "red", commit=True)
    assert [row.name for row in await rows(engine, "things")] == ["red"]
    assert [row.subject for row in await rows(engine, "outbox")] == ["red"]


async def test_a_message_waits_as_it_will_be_sent(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        message_id = await Outbox(connection).add(ThingMade(name="red"), headers={"locale": "pt-BR"})
        await connection.commit()
    (row,) = await rows(engine, "outbox")
    assert (row.id, row.queue, row.type, row.subject) == (message_id, None, "thing.made.v1", "red")
    assert json.loads(row.body) == {"name": "red"}
    assert row.headers["locale"] == "pt-BR"


async def test_a_task_waits_for_its_queue(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        await Outbox(connection).add_task("test.things", ThingMade(name="red"))
        await connection.commit()
    (row,) = await rows(engine, "outbox")
    assert row.queue == "test.things"


async def test_a_message_remembers_its_trace(engine: AsyncEngine) -> None:
    with TracerProvider().get_tracer("tests").start_as_current_span("request") as span:
        await make_thing(engine, "red", commit=True)
    (row,) = await rows(engine, "outbox")
    assert row.headers["traceparent"].split("-")[1] == f"{span.get_span_context().trace_id:032x}"
