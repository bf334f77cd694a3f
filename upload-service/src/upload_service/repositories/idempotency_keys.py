"""Keys of requests that may be sent again, in one transaction: a row counts until it expires, swept or not."""

from dataclasses import asdict, fields
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from upload_service.entities.errors import IdempotencyKeyInUse
from upload_service.entities.idempotency import Claim, Made, RequestKey
from upload_service.repositories.tables import IDEMPOTENCY_KEYS as KEYS

_PRIMARY = (KEYS.c.user_id, KEYS.c.key)
_NOW = sa.func.now()


class PostgresIdempotencyKeys:
    """The rows of one connection's transaction. The primary key alone decides between two who come at once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, claim: Claim, lease: timedelta) -> Made | None:
        nothing = dict.fromkeys(("video_id", "fingerprint", "attempt", "share_id"))
        row = {"claim": claim.token, "expires_at": _NOW + lease, **nothing}
        claiming = insert(KEYS).values(user_id=claim.key.user_id, key=claim.key.text, **row)
        taken = await self._connection.execute(
            claiming.on_conflict_do_update(index_elements=_PRIMARY, set_=row, where=KEYS.c.expires_at <= _NOW)
        )
        return None if taken.rowcount == 1 else await self._made(claim.key)

    async def renew(self, claim: Claim, lease: timedelta) -> None:
        await self._connection.execute(KEYS.update().where(_open(claim)).values(expires_at=_NOW + lease))

    async def settle(self, claim: Claim, made: Made, keep: timedelta) -> None:
        row = {**asdict(made), "expires_at": _NOW + keep}
        # The row is missing where the claim had expired and was swept: then it is nobody's, and ours again.
        settling = insert(KEYS).values(user_id=claim.key.user_id, key=claim.key.text, claim=claim.token, **row)
        settled = await self._connection.execute(
            settling.on_conflict_do_update(index_elements=_PRIMARY, set_=row, where=KEYS.c.claim == claim.token)
        )
        if settled.rowcount == 0:
            raise IdempotencyKeyInUse

    async def release(self, claim: Claim) -> None:
        await self._connection.execute(KEYS.delete().where(_open(claim)))

    async def forget(self) -> int:
        return (await self._connection.execute(KEYS.delete().where(KEYS.c.expires_at <= _NOW))).rowcount

    async def _made(self, key: RequestKey) -> Made:
        what = [KEYS.c[field.name] for field in fields(Made)]
        wanted = sa.select(*what).where(_of(key), KEYS.c.video_id.is_not(None))
        row = (await self._connection.execute(wanted)).one_or_none()
        if row is None:
            raise IdempotencyKeyInUse
        return Made(*row)


def _of(key: RequestKey) -> sa.ColumnElement[bool]:
    return sa.and_(KEYS.c.user_id == key.user_id, KEYS.c.key == key.text)


def _open(claim: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(_of(claim.key), KEYS.c.claim == claim.token, KEYS.c.video_id.is_(None))
