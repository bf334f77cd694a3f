"""What the services need to know of whose turn it is."""

from typing import Protocol

from processing_service.entities.job import JobKey
from processing_service.entities.segment import SegmentKey


class Turns(Protocol):
    """Work that waits behind that of a user who has had more. Nothing is locked: whoever takes it may be late."""

    async def segment_before(self, key: SegmentKey) -> SegmentKey | None:
        """A released segment, nothing of which went wrong yet, of the user who was served least in the last while.

        None: the owner of `key` was not served more than everybody who waits.
        """
        ...

    async def job_before(self, key: JobKey) -> JobKey | None:
        """A job to be planned, with which nothing went wrong yet, of the user with the fewest jobs under way.

        None: the owner of `key` has no more under way than everybody who waits.
        """
        ...
