"""`python -m processing_service.admin`: what operators do here (`--help` lists it)."""

import sys

from fiapx_common.messaging import Publisher
from fiapx_common.operating import Operation, administer, audit_commands, dead_letter_commands
from fiapx_common.postgres import OutboxRelay

from processing_service.controllers.jobs_admin import job_commands
from processing_service.controllers.video_events import EVENTS_QUEUE
from processing_service.controllers.workers_admin import worker_commands
from processing_service.repositories.unit_of_work import PostgresUnitsOfWork
from processing_service.services.operating import Operating
from processing_service.services.tasks import ASSEMBLY_QUEUE, PLANNING_QUEUE, SEGMENTS_QUEUE
from processing_service.settings import Settings


def _operating(operation: Operation[Settings]) -> Operating:
    # this relay is never run: what is committed here is sent by the service's own, which looks four times a second
    relay = OutboxRelay(operation.engine, Publisher(operation.broker))
    return Operating(PostgresUnitsOfWork(operation.engine, relay))


QUEUES = (EVENTS_QUEUE, PLANNING_QUEUE, SEGMENTS_QUEUE, ASSEMBLY_QUEUE)
COMMANDS = [*job_commands(_operating), *worker_commands(_operating), *dead_letter_commands(QUEUES), *audit_commands()]

if __name__ == "__main__":
    sys.exit(administer("processing_service", Settings, COMMANDS))
