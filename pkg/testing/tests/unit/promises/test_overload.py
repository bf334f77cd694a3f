"""What is made of the answers to too many uploads."""

from fiapx_testing.figures import Figure
from fiapx_testing.promises.overload import Overload, figures
from fiapx_testing.promises.programs.uploading import NO_ANSWER, Answer

ACCEPTED = Answer(202, began_s=20.0, took_s=0.5, asked=True, retry_after=False)
SHED = Answer(503, began_s=1.0, took_s=0.1, asked=False, retry_after=True)


def judged(*answers: Answer, best_per_s: float = 2.0) -> list[Figure]:
    """Goodput, other answers, late refusals, of forty seconds."""
    return [*figures(Overload(best_per_s, 8, 40.0, answers), file_bytes=1000)]


def test_a_platform_that_takes_as_much_as_ever_and_sheds_the_rest_holds() -> None:
    goodput, others, late = judged(*[ACCEPTED] * 60, *[SHED] * 180)
    assert (goodput.value, others.value, late.value) == (100, 0, 0)
    assert goodput.of == "best: 2.0/s, 8 clients; now 2.0/s of 6/s, 2000 B/s"
    assert all(figure.holds for figure in (goodput, others, late))


def test_what_is_accepted_at_first_and_after_the_offer_ended_is_no_goodput() -> None:
    early = Answer(202, began_s=1.0, took_s=1.0, asked=True, retry_after=False)
    late = Answer(202, began_s=39.0, took_s=1.5, asked=True, retry_after=False)
    goodput, others, _ = judged(*[early] * 30, *[ACCEPTED] * 30, *[late] * 30)
    assert (goodput.value, goodput.holds) == (50, False)
    assert others.holds


def test_an_answer_that_does_not_say_when_to_come_again_is_told() -> None:
    without = Answer(503, began_s=1.0, took_s=0.1, asked=False, retry_after=False)
    unheard = Answer(NO_ANSWER, began_s=1.0, took_s=60.0, asked=True, retry_after=False)
    broken = Answer(500, began_s=1.0, took_s=0.1, asked=True, retry_after=True)
    _, others, _ = judged(*[ACCEPTED] * 20, without, unheard, broken)
    assert (others.value, others.holds) == (3, False)
    assert others.of == "1 times no answer, 20 times 202, 1 times 500, 1 times 503"


def test_a_refusal_after_the_body_was_asked_for_is_told() -> None:
    late = Answer(503, began_s=1.0, took_s=30.0, asked=True, retry_after=True)
    *_, refused = judged(*[ACCEPTED] * 20, SHED, late)
    assert (refused.value, refused.holds) == (1, False)
    assert refused.of == "refused after 30.0 s at most"
