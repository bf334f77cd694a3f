"""Uploads that go past us: the client sends parts to the store by itself."""

from collections.abc import Sequence
from uuid import UUID

from api_gateway.entities.callers import Caller
from api_gateway.entities.direct_uploads import DirectUpload, SignedPart, UploadedPart, WantedUpload
from api_gateway.entities.videos import Video
from api_gateway.services.ports import DirectUploads


class DirectUploading:
    """Begins, signs, asks after, completes and gives up the caller's own uploads."""

    def __init__(self, uploads: DirectUploads) -> None:
        self._uploads = uploads

    async def begin(self, caller: Caller, wanted: WantedUpload, key: str) -> DirectUpload:
        """A new upload; under the idempotency key of an earlier one, that one. Empty: none."""
        return await self._uploads.create(caller.user_id, wanted, key)

    async def get(self, caller: Caller, upload_id: UUID) -> DirectUpload:
        return await self._uploads.get(caller.user_id, upload_id)

    async def sign(self, caller: Caller, upload_id: UUID, part_numbers: Sequence[int]) -> tuple[SignedPart, ...]:
        """Where these parts may be PUT, for a while."""
        return await self._uploads.sign(caller.user_id, upload_id, part_numbers)

    async def complete(self, caller: Caller, upload_id: UUID, parts: Sequence[UploadedPart]) -> Video:
        """The video, once the store has all parts. `parts` is what the client believes it sent; may be empty."""
        return await self._uploads.complete(caller.user_id, upload_id, parts)

    async def abort(self, caller: Caller, upload_id: UUID) -> None:
        await self._uploads.abort(caller.user_id, upload_id)
