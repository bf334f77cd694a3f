import pytest
from fiapx_common.messaging import Done, GaveUp, HandedBack, RetryIn, Skipped, Word
from processing_service.controllers.words import word_for
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
