"""What a service tells the others, kept for the tests of a module."""

import json
from collections import defaultdict
from datetime import UTC, datetime
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


class LatestEvents:
    """Keeps the events of one test at a time, for tests that ask for all of them, of any user."""

    def __init__(self) -> None:
        self._since = datetime.now(UTC)
        self._heard: list[Message] = []

    def from_now(self) -> list[Message]:
        """What is written from now on; the list grows with what comes, but not by older events that come late."""
        self._since, self._heard = datetime.now(UTC), []
        return self._heard

    async def keep(self, message: Message) -> Word:
        """The handler of a consumer. Raises KeyError for a message without the time of CloudEvents."""
        # the time of AMQP has whole seconds only
        if datetime.fromisoformat(str(message.headers["cloudEvents:time"])) >= self._since:
            self._heard.append(message)
        return Done()
