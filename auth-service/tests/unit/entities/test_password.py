"""Passwords that may be chosen."""

import pytest
from auth_service.entities.password import PasswordRefused, hashable, new_password

EMAIL = "ana.silva@example.com"


@pytest.mark.parametrize(
    "password",
    ["correct horse", "k9#mPq2v", "ç" + "ãõéíú" * 2, "🐴🔋📎✅abcd", "x1" * 20 + "y", "a" * 60 + "bcd" + "e" * 65],
)
def test_a_password_that_nobody_tries_first_is_taken(password: str) -> None:
    assert new_password(password, EMAIL) == password


@pytest.mark.parametrize("length", [0, 1, 7, 129, 100_000])
def test_a_password_must_have_8_to_128_characters(length: int) -> None:
    with pytest.raises(PasswordRefused, match="8 to 128"):
        new_password(("k9#mPq2v" * (length // 8 + 1))[:length], EMAIL)


@pytest.mark.parametrize("length", [8, 128])
def test_the_limits_themselves_are_allowed(length: int) -> None:
    assert new_password(("k9#mPq2v" * 16)[:length], EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PassWord",
        "password123",
        "Password1!",
        "123password",
        "qwertyuiop",
        "12345678",
        "87654321",
        "abcdefgh",
        "HGFEDCBA",
        "iloveyou",
        "flamengo10",
        "senha123456",
        "11111111",
        "abababab",
        "ana.silva@example.com",
        "ana.silva",
        "ANA.SILVA",
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused, match="first") as refused:
        new_password(password, EMAIL)
    assert refused.value.fields[0].field == "password"


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    assert hashable("cafe\u0301 com leite") == hashable("caf\u00e9 com leite")
