"""What was sent to a user."""

from uuid import UUID

from fiapx_common.paging import Page, Place

from notification_service.entities.mails import MailRecord
from notification_service.services.page_sizes import page_size
from notification_service.services.ports import MailRecords


class MailHistory:
    """For the user's own eyes, and for support."""

    def __init__(self, records: MailRecords) -> None:
        self._records = records

    async def newest(self, user_id: UUID, cursor: str, limit: int) -> Page[MailRecord]:
        """At most 200, newest first; `limit` 0 means 50.

        Raises:
            Invalid: the `cursor` is none that an earlier page gave.
        """
        after = Place.read(cursor) if cursor else None
        return await self._records.newest_of(user_id, after, page_size(limit))
