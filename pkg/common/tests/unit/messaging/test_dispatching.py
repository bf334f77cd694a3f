"""Each type of message to its own function."""

from typing import ClassVar

import pytest
from fiapx_common.messaging import Done, EventDispatch, Message, Skipped, Word
from pydantic import BaseModel, ValidationError


class Opened(BaseModel):
    TYPE: ClassVar[str] = "door.opened.v1"
    door: str


class Closed(Opened):
    TYPE: ClassVar[str] = "door.closed.v1"


class Porter:
    def __init__(self) -> None:
        self.seen: list[str] = []
        self.dispatch = EventDispatch().on(Opened, self.opened).on(Closed, self.closed)

    async def opened(self, event: Opened, message: Message) -> Word:
        self.seen.append(f"{event.door} opened by {message.id}")
        return Done()

    async def closed(self, event: Closed, message: Message) -> Word:
        self.seen.append(f"{event.door} closed by {message.id}")
        return Skipped("it was closed")


def message(type_: str, body: bytes) -> Message:
    return Message(
        id="m1",
        type=type_,
        subject="",
        body=body,
        headers={},
        queue="q",
        attempt=1,
        errors=0,
        redelivered=False,
        time=None,
    )


async def test_a_message_is_read_as_its_type_says() -> None:
    porter = Porter()
    assert await porter.dispatch(message("door.closed.v1", b'{"door":"red"}')) == Skipped("it was closed")
    assert porter.seen == ["red closed by m1"]


async def test_an_unknown_type_is_skipped() -> None:
    porter = Porter()
    assert isinstance(await porter.dispatch(message("door.painted.v1", b"{}")), Skipped)
    assert porter.seen == []


async def test_a_malformed_body_raises() -> None:
    with pytest.raises(ValidationError):
        await Porter().dispatch(message("door.opened.v1", b"{"))


def test_its_routing_keys_are_the_types_it_knows() -> None:
    assert Porter().dispatch.routing_keys == ("door.opened.v1", "door.closed.v1")
