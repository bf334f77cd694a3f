"""What presenting a refresh token means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from auth_service.entities.device import Device
from auth_service.entities.session import RefreshToken, Session, Use, judge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
SESSION = Session(id=uuid4(), user_id=uuid4(), created_at=NOW, expires_at=LATER, last_used_at=NOW, device=Device())
TOKEN = RefreshToken(b"hash", SESSION.id, LATER)
GRACE_S = 10


def use(token: RefreshToken = TOKEN, session: Session = SESSION, now: datetime = NOW) -> Use:
    return judge(token, session, now, GRACE_S)


def test_a_token_is_used_for_the_first_time() -> None:
    assert use() is Use.FIRST


@pytest.mark.parametrize(
    ("age_s", "meaning"), [(0, Use.AGAIN_SOON), (10, Use.AGAIN_SOON), (10.001, Use.REPLAY), (86_400, Use.REPLAY)]
)
def test_a_used_token_may_come_again_within_the_grace_only(age_s: float, meaning: Use) -> None:
    assert use(replace(TOKEN, used_at=NOW - timedelta(seconds=age_s))) is meaning


def test_a_token_ends_with_its_time() -> None:
    assert use(replace(TOKEN, expires_at=NOW)) is Use.TOO_LATE


def test_a_token_ends_with_its_session() -> None:
    assert use(session=replace(SESSION, revoked_at=NOW)) is Use.TOO_LATE
    assert use(session=replace(SESSION, expires_at=NOW)) is Use.TOO_LATE


def test_a_used_token_of_a_revoked_session_is_too_late_and_no_new_alarm() -> None:
    assert use(replace(TOKEN, used_at=NOW - timedelta(days=1)), replace(SESSION, revoked_at=NOW)) is Use.TOO_LATE
