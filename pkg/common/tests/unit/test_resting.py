"""When somebody who did not answer is asked again."""

from fiapx_common.resting import Rest

LONG_S = 3600.0


def test_who_answers_is_always_asked() -> None:
    rest = Rest(LONG_S)
    assert [rest.may_ask() for _ in range(3)] == [True] * 3


def test_who_failed_is_left_alone() -> None:
    rest = Rest(LONG_S)
    rest.failed()
    assert not rest.may_ask()


def test_after_the_rest_one_caller_tries_and_the_others_go_on_without() -> None:
    rest = Rest(LONG_S)
    rest.failed()
    rest._again_at = 0.0  # it is over
    assert [rest.may_ask() for _ in range(3)] == [True, False, False]


def test_an_answer_ends_the_rest() -> None:
    rest = Rest(LONG_S)
    rest.failed()
    rest.answered()
    assert [rest.may_ask() for _ in range(2)] == [True, True]
