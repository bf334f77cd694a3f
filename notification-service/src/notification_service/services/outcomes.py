"""Use cases about videos: one mail per outcome."""

from typing import Final

from fiapx_models.events import VideoEnded

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

    async def tell(self, event: VideoEnded, message_id: str) -> bool:
        """False: told before, or nobody is left to tell. Raises RecipientUnknown."""
        kind = MailKind.VIDEO_COMPLETED if event.error is None else MailKind.VIDEO_FAILED
        outcome = Outcome(kind, event.video_id, event.attempt)
        async with self._units.begin() as unit:
            if not await unit.seen.first_time(message_id, _CONSUMER):
                return False
            recipient = await unit.recipients.find(event.user_id)
            queued = False
            if recipient is not None:
                facts = _facts(event, recipient.language)
                subject = self._writer.subject(kind, recipient.language, facts)
                queued = await unit.mails.add(NewMail(outcome, event.user_id, recipient.language, facts, subject))
            await unit.commit()
        if queued:
            self._meter.count(kind, "queued")
        return queued


def _facts(event: VideoEnded, language: Language) -> Facts:
    if event.error is not None:
        return failed_facts(event.video_id, event.filename, event.error, language)
    return completed_facts(event.video_id, event.filename, event.frame_count or 0, len(event.warnings))
