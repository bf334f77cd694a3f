"""One queue, several types of message: each to its own function."""

from collections.abc import Awaitable, Callable
from typing import ClassVar, Protocol, Self, TypeVar

from fiapx_common.messaging.message import Message
from fiapx_common.messaging.words import Handler, Skipped, Word


class Readable(Protocol):
    """A pydantic model that knows its type."""

    TYPE: ClassVar[str]

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, /) -> Self:
        """Raises pydantic's ValidationError."""
        ...


R = TypeVar("R", bound=Readable)


class EventDispatch:
    """A handler that reads the body as what its type says. Types it does not know are skipped."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def on(self, model: type[R], handler: Callable[[R, Message], Awaitable[Word]]) -> Self:
        async def read_and_handle(message: Message) -> Word:
            return await handler(model.model_validate_json(message.body), message)

        self._handlers[model.TYPE] = read_and_handle
        return self

    @property
    def routing_keys(self) -> tuple[str, ...]:
        """The types it knows."""
        return tuple(self._handlers)

    async def __call__(self, message: Message) -> Word:
        handler = self._handlers.get(message.type)
        if handler is None:
            return Skipped(f"nobody here handles {message.type}")
        return await handler(message)
