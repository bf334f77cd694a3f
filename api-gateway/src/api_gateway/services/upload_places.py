"""How many uploads one gateway carries."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from api_gateway.entities.errors import UploadsBusy


class UploadPlaces:
    """Nobody waits here: more uploads than can be taken in would only grow old and large together."""

    def __init__(self, at_once: int, of_one_user: int) -> None:
        self._at_once = at_once
        self._of_one_user = of_one_user
        self._taken = Counter[UUID]()

    @property
    def are_taken(self) -> bool:
        """All of them: there is none for anybody."""
        return self._taken.total() >= self._at_once

    @contextmanager
    def taken_by(self, user_id: UUID) -> Iterator[None]:
        """A place until the block's end. Raises UploadsBusy: all are taken, or all that one user may have."""
        if self.are_taken or self._taken[user_id] >= self._of_one_user:
            raise UploadsBusy
        self._taken[user_id] += 1
        try:
            yield
        finally:
            self._taken[user_id] -= 1
            if not self._taken[user_id]:
                del self._taken[user_id]
