"""What an error in a handler means for its message."""

import pytest
from fiapx_common.errors import Conflict, Unavailable
from fiapx_common.messaging import GaveUp, Message, RetryIn
from fiapx_common.messaging.judging import growing_wait_s, word_for_error
from pydantic import BaseModel, ValidationError


class Payload(BaseModel):
    secret: int


def message(attempt: int = 1, errors: int = 0) -> Message:
    return Message(
        id="m1",
        type="thing.happened.v1",
        subject="s",
        body=b"{}",
        headers={},
        queue="test.things",
        attempt=attempt,
        errors=errors,
        redelivered=False,
        time=None,
    )


def invalid() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Payload.model_validate_json('{"secret": "jane@example.com"}')
    return caught.value


def test_a_refusal_is_final() -> None:
    word = word_for_error(Conflict("video_finished", "The video is finished."), message(), max_errors=10)
    assert word == GaveUp("video_finished: The video is finished.")


def test_a_malformed_body_is_final() -> None:
    word = word_for_error(invalid(), message(), max_errors=10)
    assert isinstance(word, GaveUp)
    assert word.reason.startswith("malformed: secret: ")


def test_a_reason_does_not_repeat_what_was_in_the_body() -> None:
    word = word_for_error(invalid(), message(), max_errors=10)
    assert "jane@example.com" not in word.reason


def test_an_absence_is_waited_for_however_often() -> None:
    word = word_for_error(Unavailable("store_unavailable", "No store."), message(attempt=1000, errors=9), max_errors=10)
    assert word == RetryIn(120, "store_unavailable: No store.")


def test_a_surprise_is_tried_again_and_counted() -> None:
    word = word_for_error(KeyError("x"), message(attempt=2), max_errors=10)
    assert word == RetryIn(5, "unexpected KeyError", unexpected=True)


def test_the_last_surprise_is_final() -> None:
    word = word_for_error(KeyError("x"), message(attempt=12, errors=9), max_errors=10)
    assert word == GaveUp("unexpected KeyError, 10 times")


@pytest.mark.parametrize(("attempt", "wait_s"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, 120), (500, 120)])
def test_waits_grow(attempt: int, wait_s: int) -> None:
    assert growing_wait_s(attempt) == wait_s
