"""Errors into words: what an exception in a handler means for its message."""

from pydantic import ValidationError

from fiapx_common.errors import Refused, Unavailable
from fiapx_common.messaging.message import Message
from fiapx_common.messaging.topology import RETRY_WAITS_S
from fiapx_common.messaging.words import GaveUp, RetryIn


def word_for_error(error: Exception, message: Message, max_errors: int) -> GaveUp | RetryIn:
    """A refusal is final; an absence is waited for, for ever; a surprise is tried again `max_errors` times."""
    match error:
        case Refused():
            return GaveUp(f"{error.code}: {error.detail}")
        case ValidationError():
            return GaveUp(f"malformed: {_faults(error)}")
        case Unavailable():
            return RetryIn(growing_wait_s(message.attempt), f"{error.code}: {error.detail}")
        case _ if message.errors + 1 >= max_errors:
            return GaveUp(f"unexpected {type(error).__name__}, {message.errors + 1} times")
        case _:
            return RetryIn(growing_wait_s(message.attempt), f"unexpected {type(error).__name__}", unexpected=True)


def growing_wait_s(attempt: int) -> int:
    """1, 5, 30 and then always 120 seconds."""
    return RETRY_WAITS_S[min(attempt, len(RETRY_WAITS_S)) - 1]


def _faults(error: ValidationError) -> str:
    # without the input: it may hold personal data, and headers are shown to operators
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in found)
