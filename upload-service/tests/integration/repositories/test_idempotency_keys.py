"""Who holds a key, and what ends a hold."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from fiapx_common.postgres import transaction
from fiapx_proto.upload.v1 import upload_pb2
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from upload_service.entities.errors import IdempotencyKeyInUse
from upload_service.entities.idempotency import Claim, Made, RequestKey
from upload_service.repositories.idempotency_keys import PostgresIdempotencyKeys

Send = Callable[..., Awaitable[upload_pb2.Video]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]

LONG, OVER = timedelta(hours=1), timedelta(seconds=-1)


@pytest.fixture
def claims(user_id: UUID) -> tuple[Claim, Claim]:
    """Of two tries of one request."""
    key = RequestKey(user_id, "key")
    return Claim(key, uuid4()), Claim(key, uuid4())


@pytest_asyncio.fixture(loop_scope="module")
async def made(send: Send) -> Made:
    return Made(UUID((await send()).id), "fingerprint")


@pytest_asyncio.fixture(loop_scope="module")
async def connection(engine: AsyncEngine, database: object) -> AsyncIterator[AsyncConnection]:
    async with transaction(engine) as opened:
        yield opened


@pytest.fixture
def keys(connection: AsyncConnection) -> PostgresIdempotencyKeys:
    return PostgresIdempotencyKeys(connection)


async def test_a_key_is_held_by_one_try(keys: PostgresIdempotencyKeys, claims: tuple[Claim, Claim]) -> None:
    first, second = claims
    assert await keys.claim(first, LONG) is None
    with pytest.raises(IdempotencyKeyInUse):
        await keys.claim(second, LONG)


async def test_what_was_made_is_told_to_every_later_try(
    keys: PostgresIdempotencyKeys, claims: tuple[Claim, Claim], made: Made
) -> None:
    first, second = claims
    await keys.claim(first, LONG)
    await keys.settle(first, made, LONG)
    assert [await keys.claim(claim, LONG) for claim in (second, second, first)] == [made] * 3


async def test_a_hold_that_nobody_renews_ends_and_the_late_try_can_make_nothing_any_more(
    keys: PostgresIdempotencyKeys, claims: tuple[Claim, Claim], made: Made
) -> None:
    first, second = claims
    await keys.claim(first, OVER)
    assert await keys.claim(second, LONG) is None
    await keys.renew(first, OVER)
    await keys.release(first)
    with pytest.raises(IdempotencyKeyInUse):
        await keys.settle(first, made, LONG)
    await keys.settle(second, made, LONG)
    assert await keys.claim(first, LONG) == made


async def test_a_renewed_hold_goes_on(keys: PostgresIdempotencyKeys, claims: tuple[Claim, Claim]) -> None:
    first, second = claims
    await keys.claim(first, OVER)
    await keys.renew(first, LONG)
    with pytest.raises(IdempotencyKeyInUse):
        await keys.claim(second, LONG)


async def test_a_hold_that_was_swept_away_and_that_nobody_else_wanted_still_counts(
    keys: PostgresIdempotencyKeys, claims: tuple[Claim, Claim], made: Made
) -> None:
    first, second = claims
    await keys.claim(first, OVER)
    assert await keys.forget() == 1
    await keys.settle(first, made, LONG)
    assert await keys.claim(second, LONG) == made


async def test_a_key_set_free_is_as_good_as_new_but_not_when_something_was_made(
    keys: PostgresIdempotencyKeys, claims: tuple[Claim, Claim], made: Made
) -> None:
    first, second = claims
    await keys.claim(first, LONG)
    await keys.release(first)
    assert await keys.claim(second, LONG) is None
    await keys.settle(second, made, LONG)
    await keys.release(second)
    assert await keys.claim(first, LONG) == made


async def test_what_was_made_is_remembered_as_long_as_said_and_no_longer(
    keys: PostgresIdempotencyKeys, claims: tuple[Claim, Claim], made: Made
) -> None:
    first, second = claims
    await keys.claim(first, LONG)
    await keys.settle(first, made, OVER)
    assert await keys.claim(second, LONG) is None
    assert await keys.forget() == 0


async def test_a_key_goes_with_its_video(
    keys: PostgresIdempotencyKeys, connection: AsyncConnection, claims: tuple[Claim, Claim], made: Made, query: Query
) -> None:
    await keys.claim(claims[0], LONG)
    await keys.settle(claims[0], made, LONG)
    await connection.commit()
    await query("DELETE FROM videos")
    assert await query("SELECT 1 FROM idempotency_keys") == []
