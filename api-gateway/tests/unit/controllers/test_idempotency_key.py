"""The header's line, and the key in it."""

import pytest
from api_gateway.controllers.idempotency_key import read_key
from api_gateway.entities.errors import IdempotencyKeyInvalid


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"),
        ("8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"),
        (' "a b" ', "a b"),
        (r'"a \"b\" \\"', r'a "b" \\'[:-1]),
        ('a"b', 'a"b'),
    ],
)
def test_a_key_is_the_same_with_quotes_and_without_them(line: str, key: str) -> None:
    assert read_key(line) == key


@pytest.mark.parametrize("line", ["", "  ", '""', '"a', '"', '"a"b', '"a" ; b', r'"a\b"', '"a\\"'])
def test_a_line_without_a_key_or_with_broken_quotes_is_refused(line: str) -> None:
    with pytest.raises(IdempotencyKeyInvalid) as refused:
        read_key(line)
    assert (refused.value.code, refused.value.fields[0].field) == ("invalid_idempotency_key", "Idempotency-Key")
