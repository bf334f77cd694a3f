"""Keys of requests, and what makes one request another one than the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fiapx_common.errors import Invalid
from fiapx_common.idempotency_keys import IdempotencyKeyReused
from upload_service.entities.details import Details
from upload_service.entities.idempotency import Made, Operation, RequestKey, fingerprint, sharing_fingerprint
from upload_service.entities.share import ShareWish

ANA, BIA = UUID(int=1), UUID(int=2)
MOMENT = datetime(2030, 1, 2, tzinfo=UTC)
DETAILS = Details('{"fps":1}', "e", '{"a":1}', ("x", "y"))
ASKED: dict[str, Any] = {
    "operation": Operation.STREAM,
    "filename": "film.mp4",
    "size_bytes": 10,
    "sha256": "00",
    "details": DETAILS,
}
OTHERS: dict[str, dict[str, Any]] = {
    "operation": {"operation": Operation.BEGIN},
    "filename": {"filename": "other.mp4"},
    "size": {"size_bytes": 11},
    "content": {"sha256": "01"},
    "no digest": {"sha256": None},
    "options": {"details": replace(DETAILS, options_json='{"fps":2}')},
    "external id": {"details": replace(DETAILS, external_id=None)},
    "metadata": {"details": replace(DETAILS, metadata_json=None)},
    "tags": {"details": replace(DETAILS, tags=("x",))},
    "order of tags": {"details": replace(DETAILS, tags=("y", "x"))},
    "field of the same text": {"details": replace(DETAILS, external_id='{"a":1}', metadata_json="e")},
}


def test_the_same_request_has_the_same_fingerprint() -> None:
    assert fingerprint(**ASKED) == fingerprint(**ASKED)


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_whatever_differs_makes_another_request(other: dict[str, Any]) -> None:
    made = Made(UUID(int=3), fingerprint(**ASKED))
    made.require_same(fingerprint(**ASKED))
    with pytest.raises(IdempotencyKeyReused) as refused:
        made.require_same(fingerprint(**{**ASKED, **other}))
    assert [field.field for field in refused.value.fields] == ["Idempotency-Key"]


@pytest.mark.parametrize("text", ["8e03978e-40d5-43e8-bc93-6894a57f9324", "a b", '"', "x" * 255])
def test_any_short_printable_text_is_a_key(text: str) -> None:
    assert RequestKey.read(ANA, text) == RequestKey(ANA, text)


def test_no_text_is_no_key() -> None:
    assert RequestKey.read(ANA, "") is None


def test_two_users_keys_are_apart() -> None:
    assert RequestKey.read(ANA, "k") != RequestKey.read(BIA, "k")


@pytest.mark.parametrize("text", ["x" * 256, "chave-é", "a\tb", "a\n"])
def test_another_text_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(Invalid, match="1 to 255 printable ASCII characters") as refused:
        RequestKey.read(ANA, text)
    assert (refused.value.code, refused.value.fields[0].field) == ("invalid_idempotency_key", "Idempotency-Key")


@pytest.mark.parametrize(
    "other",
    [ShareWish(), ShareWish("for Bia", MOMENT), ShareWish(None, None, timedelta(seconds=60))],
    ids=["nothing", "a moment", "no note"],
)
def test_another_wish_for_a_share_is_another_request(other: ShareWish) -> None:
    wish = ShareWish("for Bia", None, timedelta(seconds=60))
    asked = sharing_fingerprint(UUID(int=3), wish)
    assert asked == sharing_fingerprint(UUID(int=3), replace(wish))
    assert asked not in {sharing_fingerprint(UUID(int=3), other), sharing_fingerprint(UUID(int=4), wish)}
