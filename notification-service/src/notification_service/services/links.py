"""Use cases about links that users asked for: one mail per request."""

from datetime import UTC, datetime
from uuid import UUID

from fiapx_models.events import MailedLink

from notification_service.entities.facts import link_facts
from notification_service.entities.mails import MailKind, NewMail, Outcome
from notification_service.services.ports import LetterWriter, MailMeter, UnitsOfWork


class Links:
    """Queues mails with links. Each call is safe to repeat."""

    def __init__(self, units: UnitsOfWork, writer: LetterWriter, meter: MailMeter) -> None:
        self._units = units
        self._writer = writer
        self._meter = meter

    async def tell(self, kind: MailKind, *, request_id: UUID, user_id: UUID, link: MailedLink) -> bool:
        """False: told before, too late, or nobody is left to tell. Raises RecipientUnknown."""
        if link.expires_at <= datetime.now(UTC):
            return False
        outcome, facts = Outcome(kind, request_id, attempt=1), link_facts(link)
        async with self._units.begin() as unit:
            recipient = await unit.recipients.find(user_id)
            if recipient is None:
                return False
            subject = self._writer.subject(kind, recipient.language, facts)
            queued = await unit.mails.add(NewMail(outcome, user_id, recipient.language, facts, subject))
            await unit.commit()
        if queued:
            self._meter.count(kind, "queued")
        return queued
