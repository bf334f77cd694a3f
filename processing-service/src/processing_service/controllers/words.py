"""How a use case's outcome is told to the broker."""

from fiapx_common.messaging import Done, GaveUp, HandedBack, RetryIn, Skipped, Word

from processing_service.services.outcomes import Finished, Hopeless, Later, NothingToDo, Outcome, Unfinished


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
