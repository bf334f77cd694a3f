"""Opaque tokens."""

from auth_service.entities.opaque_token import token_hash


def test_any_text_has_a_hash() -> None:
    assert len(token_hash("\ud800")) == 32
