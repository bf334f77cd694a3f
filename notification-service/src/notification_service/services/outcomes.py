"""Use cases about videos: one mail per outcome."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from fiapx_models.media import Failure

from notification_service.entities.facts import completed_facts, failed_facts
from notification_service.entities.languages import Language
from notification_service.entities.mails import Facts, MailKind, NewMail, Outcome
from notification_service.services.ports import LetterWriter, MailMeter, UnitsOfWork

_CONSUMER: Final = "outcomes"


class Outcomes:
    """Queues mails in the transaction that remembers their message. Sending is somebody else's work."""

    def __init__(self, units: UnitsOfWork, writer: LetterWriter, meter: MailMeter) -> None:
        self._units = units
        self._writer = writer
        self._meter = meter

    async def completed(
        self,
        message_id: str,
        *,
        user_id: UUID,
        video_id: UUID,
        attempt: int,
        filename: str,
        frame_count: int,
        warning_count: int,
    ) -> bool:
        """False: told before, or nobody is left to tell. Raises RecipientUnknown."""
        facts = completed_facts(video_id, filename, frame_count, warning_count)
        outcome = Outcome(MailKind.VIDEO_COMPLETED, video_id, attempt)
        return await self._tell(message_id, user_id, outcome, lambda _language: facts)

    async def failed(
        self, message_id: str, *, user_id: UUID, video_id: UUID, attempt: int, filename: str, failure: Failure
    ) -> bool:
        """False: told before, or nobody is left to tell. Raises RecipientUnknown."""
        outcome = Outcome(MailKind.VIDEO_FAILED, video_id, attempt)
        return await self._tell(
            message_id, user_id, outcome, lambda language: failed_facts(video_id, filename, failure, language)
        )

    async def _tell(
        self, message_id: str, user_id: UUID, outcome: Outcome, facts_in: Callable[[Language], Facts]
    ) -> bool:
        async with self._units.begin() as unit:
            if not await unit.seen.first_time(message_id, _CONSUMER):
                return False
            recipient = await unit.recipients.find(user_id)
            queued = False
            if recipient is not None:
                facts = facts_in(recipient.language)
                subject = self._writer.subject(outcome.kind, recipient.language, facts)
                queued = await unit.mails.add(NewMail(outcome, user_id, recipient.language, facts, subject))
            await unit.commit()
        if queued:
            self._meter.count(outcome.kind, "queued")
        return queued
