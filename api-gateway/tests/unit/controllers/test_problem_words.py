"""Problems in the registry's words."""

from http import HTTPStatus

from api_gateway.controllers.problem_words import words_of
from fiapx_models.problems import registry
from starlette.datastructures import Headers

ENGLISH, PORTUGUESE = Headers(), Headers({"Accept-Language": "pt-BR"})


def test_a_problem_is_told_in_the_language_that_is_asked_for() -> None:
    told = registry().problems["video_not_found"]
    for headers, language in ((ENGLISH, "en"), (PORTUGUESE, "pt-BR")):
        words = words_of(headers, HTTPStatus.NOT_FOUND, "video_not_found", "as it was raised")
        assert (words.title, words.detail) == (told.title[language], told.detail(language))
        assert words.languages == language


def test_its_type_is_where_it_is_told_of() -> None:
    words = words_of(ENGLISH, HTTPStatus.NOT_FOUND, "video_not_found", "")
    assert words.type == "/api/docs/problems#video_not_found"


def test_a_detail_with_figures_stays_as_it_was_raised() -> None:
    words = words_of(PORTUGUESE, HTTPStatus.CONFLICT, "upload_incomplete", "Parts are missing: 2, 3.")
    assert (words.title, words.detail) == ("Faltam partes", "Parts are missing: 2, 3.")
    assert words.languages == "pt-BR, en"


def test_an_estimate_that_is_refused_as_a_video_fails_is_told_in_the_same_words() -> None:
    words = words_of(PORTUGUESE, HTTPStatus.UNPROCESSABLE_ENTITY, "crop_outside", "The crop lies outside the picture.")
    assert words.detail.startswith("O recorte fica fora da imagem.")


def test_a_code_that_is_not_in_the_registry_is_told_plainly() -> None:
    words = words_of(PORTUGUESE, HTTPStatus.CONFLICT, "of_tomorrow", "A sentence.")
    assert (words.type, words.title, words.detail) == ("about:blank", "Conflict", "A sentence.")
    assert words.languages is None
