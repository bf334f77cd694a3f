"""What operators' use cases need of the outside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from auth_service.entities.user import ListedUser


class RegistrationDoor(Protocol):
    """Whether anybody may sign up."""

    async def is_open(self) -> bool: ...

    async def set_open(self, is_open: bool) -> None:
        """For all replicas, from the commit on."""
        ...


class UserList(Protocol):
    """Users as operators look for them."""

    async def find(self, part: str, now: datetime, most: int) -> Sequence[ListedUser]:
        """Those whose address holds `part`, the newest first. Reads all users."""
        ...


class Audit(Protocol):
    """The record of what operators did."""

    async def record(self, operator: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        """In the unit of work of the deed."""
        ...
