"""Cursors of lists."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from fiapx_common.errors import Invalid
from fiapx_common.paging import Place
from hypothesis import given
from hypothesis import strategies as st


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_leads_back_to_its_place(created_at: datetime, row_id: UUID) -> None:
    assert Place.read(Place(created_at, row_id).cursor()) == Place(created_at, row_id)


@given(st.text(max_size=80))
def test_no_text_but_a_cursor_of_ours_is_a_place(text: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        Place.read(text)


@pytest.mark.parametrize(
    "text", ["2026-01-01 x", "x 00000000-0000-0000-0000-000000000001", "9999-12-31T23:59:59-23:59 "]
)
def test_a_forged_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Place.read(base64.urlsafe_b64encode(text.encode()).decode())
    assert refused.value.code == "invalid_cursor"
