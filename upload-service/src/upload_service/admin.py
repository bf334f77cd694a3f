"""`python -m upload_service.admin`: what operators do here (`--help` lists it)."""

import sys

from fiapx_common.operating import administer, audit_commands, dead_letter_commands

from upload_service.controllers.outcome_events import QUEUE
from upload_service.settings import Settings

COMMANDS = [*dead_letter_commands([QUEUE]), *audit_commands()]

if __name__ == "__main__":
    sys.exit(administer("upload_service", Settings, COMMANDS))
