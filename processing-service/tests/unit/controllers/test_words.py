import pytest
from fiapx_common.errors import Unavailable
from fiapx_common.messaging import Done, GaveUp, HandedBack, RetryIn, Skipped, Word
from processing_service.controllers.words import word_for, word_of
from processing_service.services.outcomes import Finished, Hopeless, Later, NothingToDo, Outcome, Unfinished


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Finished(), Done()),
        (NothingToDo("seen"), Skipped("seen")),
        (Later(5, "busy"), RetryIn(5, "busy")),
        (Hopeless("charged"), GaveUp("charged")),
        (Unfinished(), HandedBack()),
    ],
)
def test_each_outcome_has_its_word(outcome: Outcome, word: Word) -> None:
    assert word_for(outcome) == word


async def test_a_word_is_for_what_the_work_comes_to() -> None:
    async def finish() -> Outcome:
        return Finished()

    assert await word_of(finish()) == Done()


async def test_who_is_away_is_asked_again_after_the_time_that_was_told() -> None:
    async def fail() -> Outcome:
        raise Unavailable("store_full", "No room.", retry_after_s=60)

    assert await word_of(fail()) == RetryIn(60, "store_full: No room.")
