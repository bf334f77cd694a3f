"""What estimates need of the outside."""

from typing import Protocol
from uuid import UUID

from fiapx_models.media import Media

from api_gateway.entities.estimates import Estimate


class Estimates(Protocol):
    """processing-service: what jobs would come to. One RPC per call; it does not ask whose video it is."""

    async def of_media(self, media: Media, options_json: str) -> Estimate:
        """From a video's facts alone; `Invalid` for options that no upload could have."""

    async def of_video(self, video_id: UUID, options_json: str, limit: int, after_index: int) -> Estimate:
        """From the stored file, with at most `limit` instants; costs a look at all of its packets, which takes seconds.

        `Invalid` also where such a job would fail.
        """
