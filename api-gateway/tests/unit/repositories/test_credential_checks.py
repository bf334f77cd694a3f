"""Who is asked whether a credential is still good."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from api_gateway.entities.callers import Caller, SessionOf
from api_gateway.repositories.credential_checks import CredentialChecks
from fiapx_models.scopes import Scope

KEY = "fx_secret"
HASH = hashlib.sha256(KEY.encode()).digest()


class Known:
    """One session and one key, until they end; remembers what was asked for."""

    def __init__(self) -> None:
        self.session = Caller(uuid4(), uuid4(), datetime.now(UTC))
        self.key: Caller | None = Caller(uuid4(), uuid4(), datetime.now(UTC), frozenset(Scope), HASH)
        self.asked: list[SessionOf | bytes] = []

    async def is_session_alive(self, session: SessionOf) -> bool:
        self.asked.append(session)
        return session == (self.session.user_id, self.session.session_id)

    async def caller_by(self, key_hash: bytes) -> Caller | None:
        self.asked.append(key_hash)
        return self.key if key_hash == HASH else None


@pytest.fixture
def known() -> Known:
    return Known()


def checks(known: Known, kept_s: float = 1e9) -> CredentialChecks:
    return CredentialChecks(known.is_session_alive, known.caller_by, kept_s)


async def test_a_key_is_asked_for_by_its_hash_alone(known: Known) -> None:
    assert await checks(known).caller_of(KEY) == known.key
    assert known.asked == [HASH]


async def test_a_key_that_is_none_is_nobodys(known: Known) -> None:
    assert await checks(known).caller_of("fx_\udcff other") is None


async def test_a_session_is_asked_for_by_its_user_and_id(known: Known) -> None:
    assert await checks(known).is_alive(known.session)
    assert not await checks(known).is_alive(Caller(UUID(int=1), known.session.session_id, datetime.now(UTC)))


async def test_what_goes_on_by_a_key_ends_with_it(known: Known) -> None:
    checked, caller = checks(known, kept_s=0), known.key
    assert caller is not None
    assert await checked.is_alive(caller)

    known.key = None

    assert not await checked.is_alive(caller)
