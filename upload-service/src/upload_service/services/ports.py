"""What the use cases need from the outside."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from fiapx_models.events import Event

from upload_service.entities.details import Details
from upload_service.entities.listing import Listing, Page
from upload_service.entities.quota import Usage
from upload_service.entities.video import Video


class Videos(Protocol):
    """The rows of one transaction."""

    async def add(self, video: Video) -> None:
        """Writes a new row and the record of it."""

    async def change(self, before: Video, after: Video) -> None:
        """Writes what is different, and the record of it. Nothing is different: nothing is written."""

    async def get(self, user_id: UUID, video_id: UUID) -> Video:
        """The user's own video. Raises VideoNotFound, also for somebody else's and for a deleted one."""

    async def lock(self, user_id: UUID, video_id: UUID) -> Video:
        """As `get`; nobody else changes it until the transaction ends."""

    async def lock_for_outcome(self, video_id: UUID) -> Video | None:
        """Anybody's video, deleted ones too; nobody else changes it until the transaction ends."""

    async def find(self, listing: Listing) -> Page:
        """A page of the user's videos, newest first."""

    async def usage(self, user_id: UUID, at: datetime) -> Usage:
        """What the user keeps, as far as it is committed."""

    async def lock_usage(self, user_id: UUID, at: datetime) -> Usage:
        """As `usage`; the user's other uploads wait here until the transaction ends."""


class SourceRecords(Protocol):
    """What the rows of one transaction say of the files in the store."""

    async def unwanted(self, at: datetime, limit: int) -> Sequence[UUID]:
        """Videos whose file may go: deleted ones, and ended ones whose file's time is over. Not those without it."""

    async def removed(self, video_ids: Collection[UUID], at: datetime) -> None:
        """Their files are gone."""

    async def kept(self, video_ids: Collection[UUID]) -> set[UUID]:
        """Those of the videos that have a row which counts on its file."""


class Outbox(Protocol):
    """Events that leave when the transaction has been committed, and only then."""

    async def add(self, event: Event) -> UUID:
        """Remembers an event; answers its id."""


class Inbox(Protocol):
    """Messages that have had their effect."""

    async def first_time(self, message_id: str, consumer: str) -> bool:
        """Whether the message is new; it is no longer, once the transaction has been committed."""


class UnitOfWork(Protocol):
    """One transaction: rolled back unless committed. No call to another system while it is open."""

    @property
    def videos(self) -> Videos:
        """The rows."""

    @property
    def sources(self) -> SourceRecords:
        """The rows' words on files."""

    @property
    def outbox(self) -> Outbox:
        """Events."""

    @property
    def inbox(self) -> Inbox:
        """Messages."""

    async def commit(self) -> None:
        """Makes it all true. Unavailable here means that nobody knows whether it is."""


class UnitsOfWork(Protocol):
    """Where transactions come from."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A new one. Raises Unavailable when the database can't be reached."""


@dataclass(frozen=True)
class StoredSource:
    """A file that lies whole in the store."""

    size_bytes: int
    sha256: str


class SourceWriter(Protocol):
    """A file on its way into the store, in constant memory."""

    async def write(self, data: bytes) -> None:
        """Takes some bytes; waits while there is no room for more."""

    async def finish(self) -> StoredSource:
        """That was all: the object exists from now on."""

    def keep(self) -> None:
        """From now on a row may count on the object: it is not removed, whatever happens."""


class Sources(Protocol):
    """The uploaded files in the object store."""

    def writing(self, video_id: UUID) -> AbstractAsyncContextManager[SourceWriter]:
        """Writes a video's file; leaving by an error removes what was written, unless it is to be kept."""

    async def remove(self, video_ids: Collection[UUID]) -> None:
        """Removes files; one that is not there is no error."""

    def older_than(self, before: datetime) -> AsyncIterator[UUID]:
        """Videos whose file was written before."""

    async def abandon_older_than(self, before: datetime) -> int:
        """Drops unfinished files that were begun before; answers how many."""


class ArchiveLinks(Protocol):
    """Addresses of archives for those who have no key of the store."""

    def sign(self, key: str, filename: str, expires_s: int) -> str:
        """An address that saves one object under a name. A pure computation: it asks no server."""


class Upload(Protocol):
    """What a client streams."""

    def chunks(self) -> AsyncIterator[bytes]:
        """The file. Raises UploadIncomplete when it breaks off, UploadTooSlow when it stands still."""

    def details(self) -> Details:
        """What the client said about the file, before it and after it; known when all chunks have been read."""


class SeenMessages(Protocol):
    """The memory of messages."""

    async def forget(self, older_than: timedelta) -> int:
        """Drops what is older; answers how many."""
