"""Sends what is queued: taken under a lease, so that a sender that dies loses nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from fiapx_common.errors import Unavailable

from notification_service.entities.errors import ChannelDown, LetterDeferred, LetterRefused
from notification_service.entities.mails import DueMail
from notification_service.entities.waits import deferral_wait_s, outage_wait_s
from notification_service.services.ports import DueMails, LetterWriter, MailMeter, NotificationChannel
from notification_service.services.waking import Waking

log = structlog.get_logger(__name__)
_DATABASE_PAUSE_S: Final = 2.0
_NOTING_PAUSE_S: Final = 0.2
"""Shorter than the other: whoever has sent a mail writes it down before anybody takes it again."""


@dataclass(frozen=True)
class SendingRules:
    """The figures of sending."""

    concurrency: int
    """Mails at once."""
    lease_s: float
    """Longer than any one sending may take."""
    poll_s: float
    """Between looks at the queue when nobody wakes us."""
    give_up_s: float
    """A mail of this age is not tried again."""
    drain_s: float
    """For mails under way when the service stops."""


class Sending:
    """One loop per process; several processes share the queue."""

    def __init__(
        self,
        mails: DueMails,
        writer: LetterWriter,
        channel: NotificationChannel,
        meter: MailMeter,
        rules: SendingRules,
    ) -> None:
        self._mails = mails
        self._writer = writer
        self._channel = channel
        self._meter = meter
        self._rules = rules
        self._outages = 0
        self._waking = Waking(rules.drain_s)

    def wake(self) -> None:
        """There may be a mail to send."""
        self._waking.wake()

    async def stop(self) -> None:
        """Takes no more mails; those under way get their time."""
        await self._waking.stop()

    async def run(self) -> None:
        """Until `stop`. A database that is away is waited for."""
        with self._waking.working():
            while not self._waking.stopping:
                pause_s = await self._send_some()
                # during an outage new mails don't shorten the pause, or each would knock at a closed door at once
                await self._waking.rest(pause_s, deaf=self._outages > 0)

    async def _send_some(self) -> float:
        """Sends one batch; returns how long to rest."""
        self._waking.look()
        try:
            taken = await self._mails.take(self._rules.concurrency, self._rules.lease_s)
            passed = await self._send_all(taken)
            self._meter.queued(await self._mails.count_queued())
        except Unavailable as error:
            log.warning("mails.waiting", reason=error.detail)
            return _DATABASE_PAUSE_S
        if taken:
            self._outages = 0 if any(passed) else self._outages + 1
        if self._outages:
            return outage_wait_s(self._outages)
        return 0 if len(taken) == self._rules.concurrency else self._rules.poll_s

    async def _send_all(self, taken: Sequence[DueMail]) -> list[bool]:
        # an error of one must not cut the others off in the middle of their sending
        ends = await asyncio.gather(*map(self._send, taken), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return [end is True for end in ends]

    async def _send(self, mail: DueMail) -> bool:
        """Sends one and writes down what came of it; False: the channel is down."""
        try:
            await self._channel.send(self._writer.write(mail))
        except LetterRefused as error:
            await self._give_up(mail, error.detail)
        except ChannelDown as error:
            await self._put_off(mail, outage_wait_s(self._outages + 1), error.detail)
            return False
        except LetterDeferred as error:
            await self._put_off(mail, deferral_wait_s(mail.tries), error.detail)
        else:
            await self._note_sent(mail)
            self._meter.count(mail.outcome.kind, "sent")
            self._meter.delivered(mail.age_s)
            log.info("mail.sent", message_id=mail.message_id, tries=mail.tries, age_s=round(mail.age_s, 1))
        return True

    async def _note_sent(self, mail: DueMail) -> None:
        """Insists: a mail that is out but not written down goes out again when its lease ends."""
        while True:
            try:
                await self._mails.sent(mail)
            except Unavailable as error:
                log.warning("mail.sent_but_not_noted", message_id=mail.message_id, reason=error.detail)
                await asyncio.sleep(_NOTING_PAUSE_S)
            else:
                return

    async def _put_off(self, mail: DueMail, wait_s: float, reason: str) -> None:
        if mail.age_s >= self._rules.give_up_s:
            await self._give_up(mail, f"not accepted for too long; at last: {reason}")
            return
        await self._mails.postpone(mail, wait_s, reason)
        self._meter.count(mail.outcome.kind, "deferred")
        log.warning("mail.deferred", message_id=mail.message_id, tries=mail.tries, wait_s=wait_s, reason=reason)

    async def _give_up(self, mail: DueMail, reason: str) -> None:
        await self._mails.fail(mail, reason)
        self._meter.count(mail.outcome.kind, "failed")
        log.error("mail.failed", message_id=mail.message_id, tries=mail.tries, reason=reason)
