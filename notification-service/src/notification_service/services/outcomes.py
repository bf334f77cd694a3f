"""Use cases about videos: one mail per outcome, and one message to each program that wants to hear of it."""

from typing import Final

from fiapx_models.events import VideoCancelled, VideoEnded

from notification_service.entities.facts import completed_facts, failed_facts
from notification_service.entities.languages import Language
from notification_service.entities.mails import Facts, MailKind, NewMail, Outcome
from notification_service.entities.public_events import cancelled_event, ended_event
from notification_service.services.ports import LetterWriter, MailMeter, UnitsOfWork
from notification_service.services.webhook_ports import DeliveryMeter

_CONSUMER: Final = "outcomes"


class Outcomes:
    """Queues mails and deliveries in the transaction that remembers their message. Sending is others' work."""

    def __init__(
        self, units: UnitsOfWork, writer: LetterWriter, meter: MailMeter, deliveries: DeliveryMeter, public_url: str
    ) -> None:
        self._units = units
        self._writer = writer
        self._meter = meter
        self._deliveries = deliveries
        self._public_url = public_url

    async def tell(self, event: VideoEnded, message_id: str) -> bool:
        """False: told before, or nobody is left to tell. Raises RecipientUnknown."""
        public = ended_event(event, self._public_url)
        kind = MailKind.VIDEO_COMPLETED if event.error is None else MailKind.VIDEO_FAILED
        outcome = Outcome(kind, event.video_id, event.attempt)
        async with self._units.begin() as unit:
            if not await unit.seen.first_time(message_id, _CONSUMER):
                return False
            recipient = await unit.recipients.find(event.user_id)
            queued, deliveries = False, 0
            if recipient is not None:
                facts = _facts(event, recipient.language)
                subject = self._writer.subject(kind, recipient.language, facts)
                queued = await unit.mails.add(NewMail(outcome, event.user_id, recipient.language, facts, subject))
                deliveries = await unit.deliveries.add(event.user_id, public)
            await unit.commit()
        if queued:
            self._meter.count(kind, "queued")
        self._deliveries.count(public.type, "queued", deliveries)
        return queued or deliveries > 0

    async def tell_cancelled(self, event: VideoCancelled, message_id: str) -> bool:
        """To programs alone: no mail tells users what they did. False: told before, or no program wants to hear it."""
        public = cancelled_event(event, self._public_url)
        async with self._units.begin() as unit:
            if not await unit.seen.first_time(message_id, _CONSUMER):
                return False
            deliveries = await unit.deliveries.add(event.user_id, public)
            await unit.commit()
        self._deliveries.count(public.type, "queued", deliveries)
        return deliveries > 0


def _facts(event: VideoEnded, language: Language) -> Facts:
    if event.error is not None:
        return failed_facts(event.video_id, event.filename, event.error, language)
    return completed_facts(event.video_id, event.filename, event.frame_count or 0, len(event.warnings))
