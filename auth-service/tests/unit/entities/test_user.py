"""Names and languages of users."""

import pytest
from auth_service.entities.user import LocaleUnknown, NameInvalid, read_locale, read_name


@pytest.mark.parametrize(
    ("text", "name"),
    [("", ""), ("  Ana  ", "Ana"), ("Jose\u0301", "Jos\u00e9"), ("山田 太郎", "山田 太郎"), ("क्\u200dष", "क्\u200dष")],
)
def test_a_name_is_taken_as_people_write_it(text: str, name: str) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["Ana\r\nBcc: x@example.com", "Ana\x00", "Ana\tSilva", "Ana\u2028x", "evil\u202egnp", "\ufeffAna", "x" * 101],
)
def test_a_name_that_is_not_one_line_of_text_is_refused(text: str) -> None:
    with pytest.raises(NameInvalid) as refused:
        read_name(text)
    assert refused.value.fields[0].field == "name"


@pytest.mark.parametrize(
    ("text", "locale"),
    [("", "en"), ("en", "en"), ("en-US", "en"), ("pt", "pt-BR"), ("pt-BR", "pt-BR"), ("PT_br", "pt-BR")],
)
def test_a_language_tag_gives_the_language_spoken(text: str, locale: str) -> None:
    assert read_locale(text) == locale


@pytest.mark.parametrize("text", ["fr", "portuguese", "-", "../en", "e\r\nn"])
def test_a_language_that_is_not_spoken_is_refused(text: str) -> None:
    with pytest.raises(LocaleUnknown) as refused:
        read_locale(text)
    assert refused.value.fields[0].field == "locale"
