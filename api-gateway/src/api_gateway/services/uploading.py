"""Uploading a video: the form is read and sent on piece by piece; nothing of the file is kept here."""

from collections.abc import AsyncIterator

from api_gateway.entities.callers import Caller
from api_gateway.entities.errors import FileTooLarge
from api_gateway.entities.form_parts import FormPart
from api_gateway.entities.upload_form import UploadForm
from api_gateway.entities.uploads import UploadPiece
from api_gateway.entities.videos import Video
from api_gateway.services.ports import Videos
from api_gateway.services.upload_places import UploadPlaces

FORM_OVERHEAD_BYTES = 2 * 1024 * 1024
"""What a lawful form may have besides its file."""


class Uploading:
    """Takes one form with one file."""

    def __init__(self, videos: Videos, max_file_bytes: int, places: UploadPlaces) -> None:
        self._videos = videos
        self._max_file_bytes = max_file_bytes
        self._places = places

    @property
    def is_full(self) -> bool:
        """Another upload would be refused, whoever sent it."""
        return self._places.are_taken

    @property
    def max_body_bytes(self) -> int:
        """The largest request body that a lawful upload has."""
        return self._max_file_bytes + FORM_OVERHEAD_BYTES

    def check_size(self, body_bytes: int) -> None:
        """Raises FileTooLarge where no form of this size can be lawful."""
        if body_bytes > self.max_body_bytes:
            raise FileTooLarge(self._max_file_bytes)

    async def upload(self, caller: Caller, body_bytes: int | None, parts: AsyncIterator[FormPart], key: str) -> Video:
        """The new video, once upload-service has stored it.

        Args:
            caller: whose video it will be.
            body_bytes: the whole body's declared size, None when the client did not tell.
            parts: the form, read only as fast as upload-service takes it.
            key: the request's idempotency key, empty where it has none.

        Raises:
            UploadsBusy: there is no place for it; nothing of the form was read.
        """
        with self._places.taken_by(caller.user_id):
            pieces = _pieces(UploadForm(self._max_file_bytes), parts)
            least_file_bytes = max(0, (body_bytes or 0) - FORM_OVERHEAD_BYTES)
            return await self._videos.upload(caller.user_id, least_file_bytes, pieces, key)


async def _pieces(form: UploadForm, parts: AsyncIterator[FormPart]) -> AsyncIterator[UploadPiece]:
    async for part in parts:
        for piece in form.take(part):
            yield piece
    yield form.finish()
