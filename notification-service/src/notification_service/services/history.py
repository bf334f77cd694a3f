"""What was sent to a user."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from notification_service.entities.mails import MailRecord
from notification_service.services.ports import MailRecords

_USUAL: Final = 50
_MOST: Final = 200


class MailHistory:
    """For the user's own eyes, and for support."""

    def __init__(self, records: MailRecords) -> None:
        self._records = records

    async def newest(self, user_id: UUID, limit: int) -> Sequence[MailRecord]:
        """At most 200, newest first; `limit` 0 means 50."""
        return await self._records.newest_of(user_id, min(limit, _MOST) if limit > 0 else _USUAL)
