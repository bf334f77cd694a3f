"""What quotas and their report need from the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from upload_service.entities.quota import OwnQuota, Quota, UserUsage


class Quotas(Protocol):
    """What operators have given to single users."""

    async def of(self, user_id: UUID, general: Quota) -> Quota:
        """The user's, where they have none of their own the general one."""
        ...

    async def give(self, user_id: UUID, own: OwnQuota) -> None:
        """Instead of what they had before."""
        ...

    async def usages(self, at: datetime, limit: int) -> Sequence[UserUsage]:
        """Users who have videos or a quota of their own, who stores most first. Reads all videos."""
        ...


class Audit(Protocol):
    """The record of what operators did."""

    async def record(self, operator: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        """In the transaction of the deed."""
        ...
