"""What overviews need of the outside."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from api_gateway.entities.images import ImageFacts
from api_gateway.entities.previews import SheetShape, Tile
from api_gateway.services.ports import Pieces


class Previews(Protocol):
    """processing-service: overviews of finished attempts. One RPC per call; it does not ask whose video it is.

    The first to ask for an image waits until it is made, which takes seconds.
    """

    async def contact_sheet(self, video_id: UUID, attempt: int, shape: SheetShape) -> tuple[ImageFacts, Pieces]:
        """Frames in columns and rows; `Invalid` for a shape that is not offered."""

    async def tiles(self, video_id: UUID, attempt: int) -> Sequence[Tile]:
        """In the order of time."""

    async def sprite(self, video_id: UUID, attempt: int, number: int) -> tuple[ImageFacts, Pieces]:
        """One of those that tiles lie in; `NotFound` where there is none of this number."""
