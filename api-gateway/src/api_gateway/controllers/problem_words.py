"""Problems in the words of the registry, in the language of whoever asks."""

from http import HTTPStatus
from typing import Final

from fiapx_common.http.problem import Words, plain_words
from fiapx_models.problems import DEFAULT_LANGUAGE, problem_of
from starlette.datastructures import Headers

from api_gateway.controllers.languages import preferred_language

PROBLEMS_PATH: Final = "/api/docs/problems"


def problem_type(code: str) -> str:
    """Where the problem is told of (RFC 9457, 3.1.1)."""
    return f"{PROBLEMS_PATH}#{code}"


def words_of(headers: Headers, status: HTTPStatus, code: str, detail: str) -> Words:
    """The registry's words; a detail that varies stays in the English of whoever refused."""
    told = problem_of(code)
    if told is None:
        return plain_words(headers, status, code, detail)
    language = preferred_language(headers.get("accept-language", ""))
    if not told.varies:
        return Words(problem_type(code), told.title[language], told.detail(language), language)
    languages = language if language == DEFAULT_LANGUAGE else f"{language}, {DEFAULT_LANGUAGE}"
    return Words(problem_type(code), told.title[language], detail, languages)
