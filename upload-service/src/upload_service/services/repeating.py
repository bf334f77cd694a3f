"""A request that is sent again makes nothing twice.

Its key is claimed before the work and settled in the transaction of what the work makes. Between the two it is held by
a lease: whoever dies holds it no longer than that. The lease only spares a second try the work; that nothing is made
twice rests on the settling alone, which one claim of a key can do.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import structlog
from fiapx_common.errors import Unavailable

from upload_service.entities.idempotency import Claim, Made, RequestKey
from upload_service.services.ports import UnitOfWork, UnitsOfWork

log = structlog.get_logger(__name__)


class Held:
    """One try of a request: either `made` says what an earlier one made, or this one may make it."""

    def __init__(self, claim: Claim | None, made: Made | None, keep: timedelta) -> None:
        self._claim = claim
        self._keep = keep
        self.made = made

    async def settle(self, work: UnitOfWork, made: Made) -> None:
        """In the transaction that makes it; without a key nothing is remembered.

        Raises:
            IdempotencyKeyInUse: another try has taken over.
        """
        if self._claim is not None:
            await work.idempotency_keys.settle(self._claim, made, self._keep)


class Repeating:
    """Holds keys while their requests are under way."""

    def __init__(self, work: UnitsOfWork, lease: timedelta, keep: timedelta) -> None:
        self._work = work
        self._lease = lease
        self._keep = keep
        self._releasing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def holding(self, key: RequestKey | None) -> AsyncIterator[Held]:
        """Holds the key meanwhile; leaving by an error before anything was made sets it free.

        Raises:
            IdempotencyKeyInUse: another try is under way, or has died within the lease.
            Unavailable: the database.
        """
        if key is None:
            yield Held(None, None, self._keep)
            return
        claim = Claim(key, uuid4())
        async with self._work.begin() as work:
            made = await work.idempotency_keys.claim(claim, self._lease)
            await work.commit()
        if made is not None:
            yield Held(None, made, self._keep)
            return
        renewing = asyncio.create_task(self._renew(claim))
        try:
            yield Held(claim, None, self._keep)
        except BaseException:
            # A task of its own: whoever was cancelled can't be kept from leaving.
            releasing = asyncio.create_task(self._release(claim))
            self._releasing.add(releasing)
            releasing.add_done_callback(self._releasing.discard)
            await asyncio.shield(releasing)
            raise
        finally:
            renewing.cancel()

    async def finish(self) -> None:
        """Waits until what is being set free is free."""
        await asyncio.gather(*self._releasing)

    async def _renew(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._work.begin() as work:
                    await work.idempotency_keys.renew(claim, self._lease)
                    await work.commit()
            except Unavailable as error:
                log.warning("idempotency_key.not_renewed", code=error.code, detail=error.detail)

    async def _release(self, claim: Claim) -> None:
        try:
            async with self._work.begin() as work:
                await work.idempotency_keys.release(claim)
                await work.commit()
        except Unavailable as error:
            log.warning("idempotency_key.left", code=error.code, detail=error.detail)
