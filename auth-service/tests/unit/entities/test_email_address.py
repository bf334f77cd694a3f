"""E-mail addresses."""

import pytest
from auth_service.entities.email_address import EmailInvalid, read_email
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ana@example.com", "ana@example.com"),
        ("  ana@example.com  ", "ana@example.com"),
        ("Ana.Silva+fiap@Example.COM", "Ana.Silva+fiap@example.com"),
        ("ana@exemplo.com.br", "ana@exemplo.com.br"),
        ("ana@münchen.de", "ana@xn--mnchen-3ya.de"),
    ],
)
def test_an_address_is_normalised(text: str, address: str) -> None:
    assert read_email(text).text == address


def test_addresses_that_differ_in_case_only_are_the_same() -> None:
    assert read_email("Ana@Example.com").key == read_email("aNA@eXAMPLE.COM").key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@",
        "@example.com",
        "ana@localhost",
        "ana@example",
        "ana@@example.com",
        "ana@example..com",
        ".ana@example.com",
        "ana@exam ple.com",
        "ana@[127.0.0.1]",
        '"ana"@example.com',
        "Ana <ana@example.com>",
        "ana@example.com, bob@example.com",
        "ana@example.com\r\nBcc: everybody@example.com",
        "ana@example.com\nSubject: x",
        "ana\r\n@example.com",
        "ana\x00@example.com",
        "ana@example.com\x00",
        "anä@example.com",
        "ana@example.com\u2028",
        "ana@example.com\u202e",
        "a" * 65 + "@example.com",
        "ana@" + "a" * 250 + ".com",
        "ana@example.com" * 1000,
    ],
)
def test_what_mail_cannot_be_sent_to_is_refused(text: str) -> None:
    with pytest.raises(EmailInvalid) as refused:
        read_email(text)
    assert refused.value.fields[0].field == "email"


@given(st.text(max_size=60) | st.from_regex(r"\A[\x00-\x7f]{0,20}@[\x00-\x7f]{0,20}\Z"))
def test_whatever_is_taken_is_one_line_of_printable_ascii(text: str) -> None:
    try:
        address = read_email(text)
    except EmailInvalid:
        return
    assert address.text.isascii()
    assert address.text.isprintable()
    assert " " not in address.text
