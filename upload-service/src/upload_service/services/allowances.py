"""What a user has, and may have."""

from datetime import UTC, datetime
from uuid import UUID

from upload_service.entities.quota import Allowance, Quota
from upload_service.services.ports import UnitsOfWork


class Allowances:
    """As of now; only who takes the lock of a user's usage knows more."""

    def __init__(self, work: UnitsOfWork, general: Quota) -> None:
        """`general` is the quota of users whom operators have given none of their own."""
        self._work = work
        self._general = general

    async def of(self, user_id: UUID) -> Allowance:
        async with self._work.begin() as work:
            quota = await work.quotas.of(user_id, self._general)
            return Allowance(quota, await work.videos.usage(user_id, datetime.now(UTC)))
