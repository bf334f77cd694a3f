"""Words into acks: the only place where a message is taken off its queue."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

import aio_pika
import structlog
from aio_pika.abc import AbstractIncomingMessage, DeliveryMode, HeadersType

from fiapx_common.errors import Unavailable
from fiapx_common.messaging.connecting import BROKER_FAILURES
from fiapx_common.messaging.message import ATTEMPT, DIED_AT, ERRORS, QUEUE, REASON, Message
from fiapx_common.messaging.publishing import Publisher
from fiapx_common.messaging.topology import DEAD, TASKS, next_wait_s, retry_queue
from fiapx_common.messaging.words import GaveUp, HandedBack, RetryIn, Word

log = structlog.get_logger(__name__)
_REPUBLISH_PAUSE_S: Final = 1.0
_REASON_CHARACTERS: Final = 500


async def settle(incoming: AbstractIncomingMessage, message: Message, word: Word, publisher: Publisher) -> None:
    """A copy goes where the word says and is confirmed, only then the message is acked: twice is possible, lost not."""
    try:
        match word:
            case RetryIn():
                key = retry_queue(message.queue, next_wait_s(word.seconds))
                await _copy(incoming, publisher, TASKS, key, _retry_headers(message, word))
            case GaveUp():
                await _copy(incoming, publisher, DEAD, message.queue, _dead_headers(message, word))
            case HandedBack():
                await _copy(incoming, publisher, TASKS, message.queue, {})
            case _:
                pass
        await incoming.ack()
    except BROKER_FAILURES:
        # the broker has the message still and will deliver it again, to us or to another
        log.info("message.ack.lost", queue=message.queue, message_id=message.id, message_type=message.type)


async def _copy(
    incoming: AbstractIncomingMessage, publisher: Publisher, exchange: str, key: str, changes: HeadersType
) -> None:
    """Tries until the copy is confirmed or the original's channel is gone.

    Raises:
        ConnectionError: the channel is gone, so the original is going to be redelivered.
    """
    copy = copy_of(incoming, changes)
    while True:
        try:
            await publisher.send(copy, exchange, key)
        except Unavailable as error:
            if incoming.channel.is_closed:
                raise ConnectionError(error.detail) from error
            log.warning("message.copy.waiting", exchange=exchange, key=key, error=error.code)
            await asyncio.sleep(_REPUBLISH_PAUSE_S)
        else:
            return


def copy_of(incoming: AbstractIncomingMessage, changes: HeadersType, without: Collection[str] = ()) -> aio_pika.Message:
    """The same message, to be sent on: same id, body and headers, except the broker's own and those in `without`."""
    kept = {name: value for name, value in incoming.headers.items() if not name.startswith("x-")}
    for name in without:
        kept.pop(name, None)
    return aio_pika.Message(
        incoming.body,
        message_id=incoming.message_id,
        type=incoming.type,
        timestamp=incoming.timestamp,
        app_id=incoming.app_id,
        content_type=incoming.content_type,
        content_encoding=incoming.content_encoding,
        delivery_mode=DeliveryMode.PERSISTENT,
        headers={**kept, **changes},
    )


def _retry_headers(message: Message, word: RetryIn) -> HeadersType:
    return {
        ATTEMPT: message.attempt + 1,
        ERRORS: message.errors + word.unexpected,
        REASON: word.reason[:_REASON_CHARACTERS],
    }


def _dead_headers(message: Message, word: GaveUp) -> HeadersType:
    return {
        REASON: word.reason[:_REASON_CHARACTERS],
        QUEUE: message.queue,
        DIED_AT: datetime.now(UTC).isoformat(timespec="seconds"),
    }
