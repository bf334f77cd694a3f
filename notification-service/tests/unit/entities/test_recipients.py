"""How somebody is greeted."""

from uuid import uuid4

import pytest
from notification_service.entities.languages import Language
from notification_service.entities.recipients import Recipient


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ana Souza", "Ana Souza"),
        ("  Ana \n Souza ", "Ana Souza"),
        ("Dr. J. Silva", "Dr. J. Silva"),
        ("<b>Ana</b>", ""),
        ("", ""),
        ("Win at https://example.com", ""),
        ("Win at example.com", ""),
        ("write to me@example", ""),
        ("www example", ""),
    ],
)
def test_a_name_is_used_unless_it_looks_like_a_link(name: str, greeting: str) -> None:
    assert Recipient(uuid4(), "a@example.com", name, "en").greeting_name == greeting


def test_a_long_name_is_shortened() -> None:
    assert len(Recipient(uuid4(), "a@example.com", "Ana " * 100, "en").greeting_name) <= 60


def test_the_language_follows_the_locale() -> None:
    assert Recipient(uuid4(), "a@example.com", "Ana", "pt-PT").language is Language.PORTUGUESE
