"""Use cases about users: whom we can write to."""

from datetime import datetime
from uuid import UUID

from fiapx_models.events import MailedLink

from notification_service.entities.facts import link_facts
from notification_service.entities.mails import MailKind, NewMail, Outcome
from notification_service.entities.recipients import Recipient
from notification_service.services.ports import LetterWriter, MailMeter, UnitsOfWork


class Recipients:
    """Follows the events of auth-service. Each call is safe to repeat and may come in any order."""

    def __init__(self, units: UnitsOfWork, writer: LetterWriter, meter: MailMeter) -> None:
        self._units = units
        self._writer = writer
        self._meter = meter

    async def register(self, recipient: Recipient, told_at: datetime, verification: MailedLink | None) -> bool:
        """Keeps a new user and welcomes them once; False: gone already, or welcomed before."""
        facts = link_facts(verification) if verification else {}
        outcome = Outcome(MailKind.WELCOME, about=recipient.user_id, attempt=1)
        async with self._units.begin() as unit:
            await unit.recipients.add(recipient, told_at)
            kept = await unit.recipients.find(recipient.user_id)
            if kept is None:
                return False
            subject = self._writer.subject(outcome.kind, kept.language, facts)
            queued = await unit.mails.add(NewMail(outcome, kept.user_id, kept.language, facts, subject))
            await unit.commit()
        if queued:
            self._meter.count(outcome.kind, "queued")
        return queued

    async def update(self, recipient: Recipient, told_at: datetime) -> None:
        """Keeps the newest name, address and language."""
        async with self._units.begin() as unit:
            await unit.recipients.change(recipient, told_at)
            await unit.commit()

    async def delete(self, user_id: UUID) -> None:
        """Erases a user with all their mails and webhooks, and what waits to be sent."""
        async with self._units.begin() as unit:
            await unit.recipients.erase(user_id)
            await unit.mails.drop_of(user_id)
            await unit.webhooks.drop_of(user_id)
            await unit.commit()
