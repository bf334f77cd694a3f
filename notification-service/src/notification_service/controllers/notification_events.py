"""Events of the other services."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Final

from fiapx_common.messaging import Done, EventDispatch, GaveUp, Message, RetryIn, Skipped, Word
from fiapx_models.events import (
    EmailVerificationRequested,
    LinkRequested,
    PasswordResetRequested,
    UserDeleted,
    UserDescribed,
    UserRegistered,
    UserUpdated,
    VideoCancelled,
    VideoEnded,
)

from notification_service.entities.errors import RecipientUnknown
from notification_service.entities.mails import MailKind
from notification_service.entities.recipients import Recipient
from notification_service.entities.waits import unknown_recipient_wait_s
from notification_service.services.links import Links
from notification_service.services.outcomes import Outcomes
from notification_service.services.recipients import Recipients

QUEUE: Final = "notification.events"


class NotificationEvents:
    """Reads an event, asks one use case, answers with a word."""

    def __init__(self, recipients: Recipients, links: Links, outcomes: Outcomes) -> None:
        self._recipients = recipients
        self._links = links
        self._outcomes = outcomes

    def dispatch(self) -> EventDispatch:
        """For the consumer of `notification.events`."""
        return (
            EventDispatch()
            .on(UserRegistered, self.user_registered)
            .on(UserUpdated, self.user_updated)
            .on(UserDeleted, self.user_deleted)
            .on(EmailVerificationRequested, self.email_verification_requested)
            .on(PasswordResetRequested, self.password_reset_requested)
            .on(VideoEnded, self.video_ended)
            .on(VideoCancelled, self.video_cancelled)
        )

    async def user_registered(self, event: UserRegistered, message: Message) -> Word:
        queued = await self._recipients.register(_recipient(event), _told_at(event, message), event.verification)
        return Done() if queued else Skipped("welcomed before, or gone")

    async def user_updated(self, event: UserUpdated, message: Message) -> Word:
        await self._recipients.update(_recipient(event), _told_at(event, message))
        return Done()

    async def user_deleted(self, event: UserDeleted, _message: Message) -> Word:
        await self._recipients.delete(event.user_id)
        return Done()

    async def email_verification_requested(self, event: EmailVerificationRequested, message: Message) -> Word:
        return await self._tell_link(MailKind.EMAIL_VERIFICATION, event, message)

    async def password_reset_requested(self, event: PasswordResetRequested, message: Message) -> Word:
        return await self._tell_link(MailKind.RESET, event, message)

    async def _tell_link(self, kind: MailKind, event: LinkRequested, message: Message) -> Word:
        told = self._links.tell(kind, request_id=event.request_id, user_id=event.user_id, link=event.link)
        return await _told(message, told)

    async def video_ended(self, event: VideoEnded, message: Message) -> Word:
        return await _told(message, self._outcomes.tell(event, message.id))

    async def video_cancelled(self, event: VideoCancelled, message: Message) -> Word:
        return await _told(message, self._outcomes.tell_cancelled(event, message.id))


async def _told(message: Message, telling: Awaitable[bool]) -> Word:
    try:
        return Done() if await telling else Skipped("told before, too late, or nobody is left to tell")
    except RecipientUnknown as error:
        # the sign-up's event may still be on its way
        wait_s = unknown_recipient_wait_s(message.attempt)
        return GaveUp(error.detail) if wait_s is None else RetryIn(wait_s, error.detail)


def _recipient(event: UserDescribed) -> Recipient:
    return Recipient(event.user_id, event.email, event.name, event.locale)


def _told_at(event: UserDescribed, message: Message) -> datetime:
    # older senders give no time of their own
    return event.changed_at or message.time or datetime.now(UTC)
