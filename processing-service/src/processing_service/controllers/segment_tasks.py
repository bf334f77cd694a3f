"""Our own queue of segments to be extracted."""

from fiapx_common.messaging import EventDispatch, Message, Word

from processing_service.controllers.words import word_of
from processing_service.services.extracting import Extracting
from processing_service.services.tasks import SegmentTask


def segment_tasks(extracting: Extracting) -> EventDispatch:
    """The handler of `processing.segments`."""

    async def extract(task: SegmentTask, message: Message) -> Word:
        return await word_of(extracting.extract(task, redelivered=message.redelivered))

    return EventDispatch().on(SegmentTask, extract)
