"""Which language a client is answered in."""

import pytest
from api_gateway.controllers.languages import preferred_language


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("", "en"),
        ("pt-BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("PT-pt", "pt-BR"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
        ("en-GB, pt;q=0.9", "en"),
        ("fr, pt;q=0.5, en;q=0.4", "pt-BR"),
        ("pt;q=0.2, en;q=0.4", "en"),
        ("pt;q=0", "en"),
        ("fr, de", "en"),
        ("*", "en"),
        ("ptarmigan", "en"),
        ("pt;q=much", "en"),
        (";;,,", "en"),
        ("x," * 30 + "pt", "en"),
    ],
)
def test_the_wanted_language_is_the_one_of_ours_with_the_highest_weight(accept_language: str, language: str) -> None:
    assert preferred_language(accept_language) == language
