"""RabbitMQ: who may say what to whom, and what becomes of a message."""

from fiapx_common.messaging.connecting import BrokerConnection, connect
from fiapx_common.messaging.consuming import Consumer
from fiapx_common.messaging.dead_letters import DeadLetter, holding
from fiapx_common.messaging.dispatching import EventDispatch
from fiapx_common.messaging.envelope import Envelope, Publishable
from fiapx_common.messaging.message import Message
from fiapx_common.messaging.publishing import Publisher, Unroutable
from fiapx_common.messaging.words import Done, GaveUp, HandedBack, Handler, RetryIn, Skipped, Word

__all__ = [
    "BrokerConnection",
    "Consumer",
    "DeadLetter",
    "Done",
    "Envelope",
    "EventDispatch",
    "GaveUp",
    "HandedBack",
    "Handler",
    "Message",
    "Publishable",
    "Publisher",
    "RetryIn",
    "Skipped",
    "Unroutable",
    "Word",
    "connect",
    "holding",
]
