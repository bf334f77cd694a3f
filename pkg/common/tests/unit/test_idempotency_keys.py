"""Keys of requests that may be sent again."""

import pytest
from fiapx_common.errors import Invalid
from fiapx_common.idempotency_keys import lawful_key


@pytest.mark.parametrize("key", ["a", "8e03978e-40d5-43e8-bc93-6894a57f9324", "x" * 255, "with spaces ~"])
def test_printable_characters_make_a_key(key: str) -> None:
    assert lawful_key(key) == key


def test_no_text_is_no_key() -> None:
    assert lawful_key("") is None


@pytest.mark.parametrize("key", ["x" * 256, "ü", "a\tb", "a\0b"])
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        lawful_key(key)
    assert [field.field for field in refused.value.fields] == ["Idempotency-Key"]
