"""What the use cases ask of the outside."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fiapx_common.paging import Page, Place

from notification_service.entities.languages import Language
from notification_service.entities.mails import DueMail, Facts, Letter, MailKind, MailRecord, NewMail
from notification_service.entities.recipients import Recipient
from notification_service.services.webhook_ports import DeliveryLog, WebhookBook


class RecipientBook(Protocol):
    """Users, and that some are gone for good."""

    async def add(self, recipient: Recipient, told_at: datetime) -> None:
        """Keeps a new user; whoever is known, newer or gone stays so."""

    async def change(self, recipient: Recipient, told_at: datetime) -> None:
        """Keeps what is newest; whoever is gone stays gone."""

    async def erase(self, user_id: UUID) -> None:
        """Forgets address and name and remembers that this user is gone, known before or not."""

    async def find(self, user_id: UUID) -> Recipient | None:
        """The user, held until the transaction's end; None: gone.

        Raises:
            RecipientUnknown: never heard of.
        """

    async def is_erased(self, user_id: UUID) -> bool:
        """Known to be gone."""


class MailQueue(Protocol):
    """Mails to be sent."""

    async def add(self, mail: NewMail) -> bool:
        """False: this outcome has its mail already."""

    async def drop_of(self, user_id: UUID) -> None:
        """Removes all mails of a user, sent or not."""


class SeenMessages(Protocol):
    """Messages whose effect is committed."""

    async def first_time(self, message_id: str, consumer: str) -> bool:
        """False: nothing is left to do."""


class UnitOfWork(Protocol):
    """One transaction: rolled back unless committed."""

    @property
    def recipients(self) -> RecipientBook:
        """In this transaction."""

    @property
    def mails(self) -> MailQueue:
        """In this transaction."""

    @property
    def webhooks(self) -> WebhookBook:
        """In this transaction."""

    @property
    def deliveries(self) -> DeliveryLog:
        """In this transaction."""

    @property
    def seen(self) -> SeenMessages:
        """In this transaction."""

    async def commit(self) -> None:
        """Makes it stay, and wakes the senders."""


class UnitsOfWork(Protocol):
    """Begins transactions. May raise Unavailable."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """One connection of the pool for as long as it is open."""


class DueMails(Protocol):
    """The sender's side of the queue; each call is a transaction of its own. May raise Unavailable."""

    async def take(self, most: int, lease_s: float) -> Sequence[DueMail]:
        """Takes mails that are due. No other sender gets them for `lease_s`; then they are due again."""

    async def sent(self, mail: DueMail) -> None:
        """It is out. No effect if somebody else took it since, as for the next two."""

    async def postpone(self, mail: DueMail, wait_s: float, reason: str) -> None:
        """Due again in `wait_s`."""

    async def fail(self, mail: DueMail, reason: str) -> None:
        """Never again."""

    async def count_queued(self) -> int:
        """All that are not sent, due or not."""


class MailRecords(Protocol):
    """What became of mails. May raise Unavailable."""

    async def newest_of(self, user_id: UUID, after: Place | None, most: int) -> Page[MailRecord]:
        """A user's mails, newest first."""


class OldRows(Protocol):
    """What nobody needs any more. May raise Unavailable."""

    async def forget(self, older_than_s: float) -> int:
        """Removes finished mails and seen messages of that age; returns how many rows."""


class LetterWriter(Protocol):
    """Puts facts into words."""

    def subject(self, kind: MailKind, language: Language, facts: Facts) -> str:
        """One line, safe as a header."""

    def write(self, mail: DueMail) -> Letter:
        """The whole letter. Raises LetterRefused if its template can't take these facts."""


class NotificationChannel(Protocol):
    """A way to reach a user. A letter may arrive twice after a crash, then with the same Message-ID."""

    async def send(self, letter: Letter) -> None:
        """Returns when the other side has taken responsibility for it.

        Raises:
            LetterRefused: never to be tried again.
            LetterDeferred: this letter not now.
            ChannelDown: no letter now.
        """


class MailMeter(Protocol):
    """Counts for operators."""

    def count(self, kind: MailKind, result: str) -> None:
        """One mail: queued, sent, deferred, failed."""

    def delivered(self, age_s: float) -> None:
        """A mail was accepted so long after it was queued."""

    def queued(self, mails: int) -> None:
        """How many wait."""
