"""What mails say."""

from uuid import uuid4

import pytest
from fiapx_models.failures import FailureCode, explain
from fiapx_models.media import Failure
from notification_service.entities.facts import completed_facts, failed_facts
from notification_service.entities.languages import Language

VIDEO = uuid4()


def failure(code: str) -> Failure:
    return Failure(code=code, message="The event's message.", hint="The event's hint.")


@pytest.mark.parametrize("code", list(FailureCode))
def test_a_known_failure_is_told_in_the_readers_language(code: FailureCode) -> None:
    facts = failed_facts(VIDEO, "a.mp4", failure(code), Language.PORTUGUESE)
    explained = explain(code, "pt-BR")
    assert (facts["message"], facts["hint"]) == (explained.message, explained.hint)


@pytest.mark.parametrize(("code", "language"), [("damaged", Language.ENGLISH), ("brand_new", Language.PORTUGUESE)])
def test_otherwise_the_events_own_words_are_used(code: str, language: Language) -> None:
    facts = failed_facts(VIDEO, "a.mp4", failure(code), language)
    assert (facts["message"], facts["hint"]) == ("The event's message.", "The event's hint.")


def test_a_code_is_quoted_as_it_is() -> None:
    assert failed_facts(VIDEO, "a.mp4", failure("brand_new"), Language.ENGLISH)["code"] == "brand_new"


def test_a_file_name_of_nothing_visible_is_called_video() -> None:
    assert completed_facts(VIDEO, "\u202e", 1, 0)["filename"] == "video"


def test_a_long_file_name_is_shortened() -> None:
    assert len(str(completed_facts(VIDEO, "x" * 300, 1, 0)["filename"])) == 80
