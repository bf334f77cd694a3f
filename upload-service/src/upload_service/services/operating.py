"""What operators see of users' usage, and the quotas that they give."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from upload_service.entities.quota import OwnQuota, Quota, UserUsage
from upload_service.services.ports import UnitsOfWork

_GIVEN: Final = "quota.set"


class Operating:
    """Each deed and its record are one transaction."""

    def __init__(self, work: UnitsOfWork, general: Quota) -> None:
        self._work = work
        self.general = general

    async def usages(self, limit: int) -> Sequence[UserUsage]:
        """Who stores most first."""
        async with self._work.begin() as work:
            return await work.quotas.usages(datetime.now(UTC), limit)

    async def give(self, user_id: UUID, own: OwnQuota, operator: str) -> Quota:
        """Holds for the user's next upload, at once and everywhere; what is stored stays. What they may have now."""
        async with self._work.begin() as work:
            await work.quotas.give(user_id, own)
            limits = {"videos": own.videos, "stored_bytes": own.stored_bytes}
            await work.audit.record(operator, _GIVEN, str(user_id), limits)
            await work.commit()
        return self.general.with_own(own)
