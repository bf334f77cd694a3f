"""Our own queue of archives to be assembled."""

from fiapx_common.messaging import EventDispatch, Message, Word

from processing_service.controllers.words import word_of
from processing_service.services.assembling import Assembling
from processing_service.services.tasks import AssemblyTask


def assembly_tasks(assembling: Assembling) -> EventDispatch:
    """The handler of `processing.assembly`."""

    async def assemble(task: AssemblyTask, message: Message) -> Word:
        return await word_of(assembling.assemble(task, redelivered=message.redelivered))

    return EventDispatch().on(AssemblyTask, assemble)
