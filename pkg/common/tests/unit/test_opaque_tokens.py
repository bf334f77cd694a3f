"""Opaque tokens."""

from fiapx_common.opaque_tokens import new_token, token_hash


def test_each_token_is_new_and_begins_with_its_mark() -> None:
    one, other = new_token("fx_"), new_token("fx_")
    assert one != other
    assert one.startswith("fx_")
    assert len(one) == len("fx_") + 43


def test_any_text_has_a_hash() -> None:
    assert len(token_hash("\ud800")) == 32
