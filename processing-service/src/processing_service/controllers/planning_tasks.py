"""Our own queue of jobs to be planned."""

from fiapx_common.messaging import EventDispatch, Message, Word

from processing_service.controllers.words import word_of
from processing_service.services.planning import Planning
from processing_service.services.tasks import PlanningTask


def planning_tasks(planning: Planning) -> EventDispatch:
    """The handler of `processing.planning`."""

    async def plan(task: PlanningTask, message: Message) -> Word:
        return await word_of(planning.plan(task, redelivered=message.redelivered))

    return EventDispatch().on(PlanningTask, plan)
