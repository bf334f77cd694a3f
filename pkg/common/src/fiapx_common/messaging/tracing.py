"""What the span of a handled message says, by OpenTelemetry's semantic conventions for messaging and CloudEvents."""

from fiapx_common.messaging.message import Message
from fiapx_common.messaging.words import GaveUp, RetryIn, Skipped, Word


def span_attributes(message: Message) -> dict[str, str | int | bool]:
    """Of a message that is about to be handled."""
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": message.queue,
        "messaging.message.id": message.id,
        "messaging.message.body.size": len(message.body),
        "cloudevents.event_type": message.type,
        "cloudevents.event_subject": message.subject,
        "fiapx.message.attempt": message.attempt,
        "fiapx.message.redelivered": message.redelivered,
    }


def outcome_attributes(word: Word) -> dict[str, str]:
    """Of what its handler answered."""
    told = {"fiapx.message.word": type(word).__name__}
    if isinstance(word, Skipped | RetryIn | GaveUp):
        told["fiapx.message.reason"] = word.reason
    return told
