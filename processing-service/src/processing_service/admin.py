"""`python -m processing_service.admin`: what operators do here (`--help` lists it)."""

import sys

from fiapx_common.operating import administer, audit_commands, dead_letter_commands

from processing_service.controllers.video_events import EVENTS_QUEUE
from processing_service.services.tasks import ASSEMBLY_QUEUE, PLANNING_QUEUE, SEGMENTS_QUEUE
from processing_service.settings import Settings

QUEUES = (EVENTS_QUEUE, PLANNING_QUEUE, SEGMENTS_QUEUE, ASSEMBLY_QUEUE)
COMMANDS = [*dead_letter_commands(QUEUES), *audit_commands()]

if __name__ == "__main__":
    sys.exit(administer("processing_service", Settings, COMMANDS))
