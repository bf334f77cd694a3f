"""Signing keys: made in time, published before they sign, removed when nothing of theirs can be valid."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog
from fiapx_common.errors import Unavailable

from auth_service.entities.signing_key import KeyRing, KeyTimes, SigningKey
from auth_service.services.ports import AccessTokens, UnitsOfWork

log = structlog.get_logger(__name__)


class NoSigningKey(Unavailable):
    """The keys are not read yet, or none of them may sign."""

    def __init__(self) -> None:
        super().__init__("no_signing_key", "There is no key to sign with yet.")


class Signing:
    """The key ring of this process; `keep` renews it from the database."""

    def __init__(self, units: UnitsOfWork, tokens: AccessTokens, times: KeyTimes) -> None:
        self._units = units
        self._tokens = tokens
        self._times = times
        self._ring = KeyRing((), times)

    async def keep(self) -> None:
        """Reads the keys, makes one when it is time and removes outlived ones. Replicas may do so at once."""
        now = datetime.now(UTC)
        ring = await self._read()
        if ring.next_begins(now) is not None or ring.outlived(now):
            ring = await self._change(now)
        self._ring = ring

    def sign(self, user_id: UUID, session_id: UUID, ttl_s: int, now: datetime) -> str:
        """An access token. Raises NoSigningKey."""
        key = self._ring.signer(now)
        if key is None:
            raise NoSigningKey
        return self._tokens.sign(key, user_id=user_id, session_id=session_id, ttl_s=ttl_s)

    def jwks(self) -> str:
        """All public keys, as RFC 7517 JSON. Raises NoSigningKey."""
        if not self._ring.keys:
            raise NoSigningKey
        return self._tokens.jwks(self._ring.keys)

    async def _read(self) -> KeyRing:
        async with self._units.begin() as unit:
            return self._ring_of(await unit.signing_keys.all())

    async def _change(self, now: datetime) -> KeyRing:
        async with self._units.begin() as unit:
            await unit.signing_keys.lock()
            # Another replica may have been first: what counts is what is there now.
            ring = self._ring_of(await unit.signing_keys.all())
            begins = ring.next_begins(now)
            if begins is not None:
                key = self._tokens.new_key(uuid4().hex, begins)
                await unit.signing_keys.add(key)
                log.info("signing_key.made", kid=key.kid, signs_from=begins)
                ring = self._ring_of([*ring.keys, key])
            outlived = [key.kid for key in ring.outlived(now)]
            if outlived:
                await unit.signing_keys.remove(outlived)
                log.info("signing_key.removed", kids=outlived)
            await unit.commit()
        return self._ring_of([key for key in ring.keys if key.kid not in outlived])

    def _ring_of(self, keys: Sequence[SigningKey]) -> KeyRing:
        return KeyRing(tuple(keys), self._times)
