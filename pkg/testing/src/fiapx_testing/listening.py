"""What a service tells the others, kept for the tests of a module."""

import json
from collections import defaultdict
from uuid import UUID

from fiapx_common.messaging import Done, Message, Word


class Listener:
    """Keeps the events that it is given, each user's for themselves: tests of one service then do not mix."""

    def __init__(self) -> None:
        self._heard: dict[str, list[Message]] = defaultdict(list)

    def of(self, user_id: UUID) -> list[Message]:
        """What was told of a user; the list grows with what comes."""
        return self._heard[str(user_id)]

    async def keep(self, message: Message) -> Word:
        """The handler of a consumer. Raises KeyError for an event that names no user."""
        self._heard[json.loads(message.body)["user_id"]].append(message)
        return Done()
