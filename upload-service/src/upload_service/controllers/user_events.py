"""Queue `upload.user-events`: what auth-service tells of users."""

from typing import Final

from fiapx_common.messaging import Done, EventDispatch, Message, Word
from fiapx_models.events import UserDeleted

from upload_service.services.erasing import Erasing

QUEUE: Final = "upload.user-events"


def user_events(erasing: Erasing) -> EventDispatch:
    """The handler of the queue."""

    async def deleted(event: UserDeleted, _message: Message) -> Word:
        await erasing.erase(event.user_id)
        return Done()

    return EventDispatch().on(UserDeleted, deleted)
