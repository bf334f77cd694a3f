"""What an export needs of the outside. One RPC per call; an empty cursor is the list's beginning."""

from typing import Protocol
from uuid import UUID

from api_gateway.entities.exports import HistoryEntry, KeptSession, Page, SentMail


class KeptSessions(Protocol):
    """auth-service: sessions, those that have ended too."""

    async def page(self, user_id: UUID, cursor: str) -> Page[KeptSession]:
        """The newest first."""


class Histories(Protocol):
    """upload-service: the records of videos. Somebody else's video raises `NotFound`."""

    async def page(self, user_id: UUID, video_id: UUID, cursor: str) -> Page[HistoryEntry]:
        """The oldest change first."""


class Mails(Protocol):
    """notification-service: what was sent to whom."""

    async def page(self, user_id: UUID, cursor: str) -> Page[SentMail]:
        """The newest first."""
