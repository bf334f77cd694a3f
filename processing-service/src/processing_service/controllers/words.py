"""How a use case's outcome is told to the broker."""

from collections.abc import Awaitable

from fiapx_common.errors import Unavailable
from fiapx_common.messaging import Done, GaveUp, HandedBack, RetryIn, Skipped, Word

from processing_service.services.outcomes import Finished, Hopeless, Later, NothingToDo, Outcome, Unfinished


async def word_of(work: Awaitable[Outcome]) -> Word:
    """The word for what the work comes to.

    Who is away is asked again soon and steadily, not ever more rarely: users wait for what is in these queues.
    """
    try:
        return word_for(await work)
    except Unavailable as absence:
        return RetryIn(absence.retry_after_s, f"{absence.code}: {absence.detail}")


def word_for(outcome: Outcome) -> Word:
    """The one place where outcomes become words."""
    match outcome:
        case Finished():
            return Done()
        case NothingToDo(reason):
            return Skipped(reason)
        case Later(seconds, reason):
            return RetryIn(seconds, reason)
        case Hopeless(reason):
            return GaveUp(reason)
        case Unfinished():
            return HandedBack()
