"""The registry of codes is whole in both languages."""

import re
from collections.abc import Iterator

import pytest
from fiapx_models.failures import FailureCode, explain
from fiapx_models.problems import LANGUAGES, Told, problem_of, registry

REGISTRY = registry()
ALL = {
    f"{kind} {code}": told
    for kind, table in (
        ("problem", REGISTRY.problems),
        ("failure", REGISTRY.failures),
        ("warning", REGISTRY.warnings),
    )
    for code, told in table.items()
}


def texts(told: Told, language: str) -> Iterator[str]:
    yield from (one[language] for one in (told.title, told.meaning, told.action))


@pytest.mark.parametrize("name", ALL)
def test_a_code_is_told_in_both_languages_and_no_other(name: str) -> None:
    told = ALL[name]
    for one in (told.title, told.meaning, told.action):
        assert {*one} == {*LANGUAGES}
    assert all(text == text.strip() != "" for language in LANGUAGES for text in texts(told, language))


@pytest.mark.parametrize("name", ALL)
def test_titles_are_words_and_the_rest_are_sentences(name: str) -> None:
    told = ALL[name]
    for language in LANGUAGES:
        assert not told.title[language].endswith(".")
        assert told.meaning[language].endswith(".")
        assert told.action[language].endswith(".")


@pytest.mark.parametrize("code", REGISTRY.warnings)
def test_a_warning_has_the_same_figures_in_both_languages(code: str) -> None:
    figures = [sorted(re.findall(r"{(\w+)}", text)) for text in REGISTRY.warnings[code].meaning.values()]
    assert figures[0] == figures[1]


def test_the_two_languages_differ() -> None:
    assert [name for name, told in ALL.items() if told.meaning["en"] == told.meaning["pt-BR"]] == []


def test_every_failure_of_a_video_is_told_and_no_other() -> None:
    assert {*REGISTRY.failures} == {*FailureCode}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failure_is_explained_by_the_registry(language: str) -> None:
    told = REGISTRY.failures["damaged"]
    said = explain("damaged", language)
    assert (said.message, said.hint) == (told.meaning[language], told.action[language])


def test_an_unknown_failure_and_an_unknown_language_are_explained_all_the_same() -> None:
    assert explain("of tomorrow", "fr") == explain("internal", "en")


def test_an_estimate_may_be_refused_as_a_video_fails() -> None:
    assert problem_of("crop_outside") is REGISTRY.failures["crop_outside"]
    assert problem_of("of tomorrow") is None
