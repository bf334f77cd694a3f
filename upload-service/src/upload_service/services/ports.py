"""What the use cases need from the outside."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from fiapx_models.events import Event

from upload_service.entities.details import Details
from upload_service.entities.direct_upload import DirectUpload, UploadedPart
from upload_service.entities.listing import Listing, Page
from upload_service.entities.quota import Usage
from upload_service.entities.video import Video
from upload_service.services.erasure_ports import ErasedUsers
from upload_service.services.idempotency_ports import IdempotencyKeys
from upload_service.services.quota_ports import Audit, Quotas
from upload_service.services.share_ports import Shares


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

    async def lock_some(self, user_id: UUID, limit: int) -> Sequence[Video]:
        """Some of the user's videos that are not deleted, locked as by `lock`."""

    async def lock_for_outcome(self, video_id: UUID) -> Video | None:
        """Anybody's video, deleted ones too; nobody else changes it until the transaction ends."""

    async def whosever(self, video_id: UUID) -> Video:
        """Anybody's video, deleted ones too. Raises VideoNotFound."""

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


class DirectUploads(Protocol):
    """What the rows of one transaction say of uploads that clients send to the store by themselves."""

    async def add(self, upload: DirectUpload) -> None:
        """Writes a new row, after its video's."""

    async def get(self, video_id: UUID) -> DirectUpload:
        """The video's upload; whose it is, the video tells. Raises UploadNotFound for a streamed one too."""

    async def complete(self, upload: DirectUpload) -> None:
        """Remembers that the file is whole; the store has no parts of it any more."""

    async def close(self, video_id: UUID, at: datetime) -> None:
        """Remembers that the store has no parts of it any more, whatever became of it."""

    async def overdue(self, at: datetime, limit: int) -> Sequence[UUID]:
        """Videos that are still `uploading` though their upload's time is over."""

    async def forsaken(self, limit: int) -> Sequence[UUID]:
        """Videos that may have parts in the store though nobody wants them: ended or deleted before they were whole."""

    async def open_among(self, multipart_ids: Collection[str]) -> set[str]:
        """Those that may still have parts in the store, by the store's names."""


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
    def direct_uploads(self) -> DirectUploads:
        """Uploads past this service."""

    @property
    def idempotency_keys(self) -> IdempotencyKeys: ...
    @property
    def shares(self) -> Shares: ...
    @property
    def quotas(self) -> Quotas: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def erased_users(self) -> ErasedUsers:
        """Users who are no more."""

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


@dataclass(frozen=True)
class Unfinished:
    """A multipart upload that is open in the store."""

    video_id: UUID
    multipart_id: str


class Multiparts(Protocol):
    """Files below `sources/` that come in parts, as the store sees them."""

    async def begin(self, video_id: UUID) -> str:
        """Answers the store's name for the upload: parts of it may come from now on."""

    def sign(self, upload: DirectUpload, number: int, expires_s: int) -> str:
        """An address to PUT one part to, of the length that the plan says, no other. Asks no server: about 0.3 ms."""

    async def parts(self, upload: DirectUpload) -> Sequence[UploadedPart] | None:
        """The parts that the store has, a request for each 1,000; None if it knows no such upload (any more)."""

    async def join(self, upload: DirectUpload, parts: Sequence[UploadedPart]) -> bool:
        """Makes the file of the parts; False if the store knows no such upload (any more).

        May be repeated, and done by several at once. Raises PartsDiffer when the parts are no longer the store's.
        """

    async def size(self, video_id: UUID) -> int | None:
        """Bytes of the whole file; None while there is none."""

    async def head(self, video_id: UUID, length: int) -> bytes:
        """The whole file's first bytes, a ranged read. Raises VideoNotFound when it has been removed meanwhile."""

    async def abort(self, unfinished: Unfinished) -> None:
        """Drops the parts; an upload that is not there is no error."""

    async def older_than(self, before: datetime) -> Sequence[Unfinished]:
        """Those that were begun before."""


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
