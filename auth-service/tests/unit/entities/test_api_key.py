from datetime import UTC, datetime, timedelta

import pytest
from auth_service.entities.api_key import KeyWish, beginning_of, new_key_text, read_wish
from fiapx_common.errors import Invalid
from fiapx_models.scopes import Scope

NOW = datetime(2030, 1, 2, tzinfo=UTC)


def test_a_key_says_what_it_is_and_is_no_other() -> None:
    one, other = new_key_text(), new_key_text()

    assert one != other
    assert one.startswith("fx_")
    assert len(one) == len("fx_") + 43
    assert one.startswith(beginning_of(one))
    assert len(beginning_of(one)) == 9


def test_a_lawful_wish_is_read() -> None:
    later = NOW + timedelta(days=1)

    wish = read_wish("  night   build ", ["videos:write", "videos:read"], later, NOW)

    assert wish == KeyWish("night build", frozenset(Scope), later)


@pytest.mark.parametrize(
    ("name", "scopes", "expires_at", "fields"),
    [
        ("", ["videos:read"], None, ["name"]),
        ("x" * 101, ["videos:read"], None, ["name"]),
        ("a\x00b", ["videos:read"], None, ["name"]),
        ("ci", [], None, ["scopes"]),
        ("ci", ["videos:read", "admin"], None, ["scopes"]),
        ("ci", ["videos:read"], NOW, ["expires_at"]),
        ("", ["admin"], NOW - timedelta(days=1), ["name", "scopes", "expires_at"]),
    ],
)
def test_each_field_that_is_wrong_is_named(
    name: str, scopes: list[str], expires_at: datetime | None, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        read_wish(name, scopes, expires_at, NOW)

    assert refused.value.code == "invalid_api_key"
    assert [error.field for error in refused.value.fields] == fields
