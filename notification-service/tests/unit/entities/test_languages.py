"""Which language a locale gets."""

import pytest
from notification_service.entities.languages import Language, language_of


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("pt-BR", Language.PORTUGUESE),
        ("pt", Language.PORTUGUESE),
        ("pt_PT", Language.PORTUGUESE),
        ("PT-br", Language.PORTUGUESE),
        ("en", Language.ENGLISH),
        ("en-GB", Language.ENGLISH),
        ("de", Language.ENGLISH),
        ("ptx", Language.ENGLISH),
        ("", Language.ENGLISH),
    ],
)
def test_a_locale_gets_the_nearest_language(locale: str, language: Language) -> None:
    assert language_of(locale) is language
