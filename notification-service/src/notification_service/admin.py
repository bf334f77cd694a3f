"""`python -m notification_service.admin`: what operators do here (`--help` lists it)."""

import sys

from fiapx_common.operating import administer, audit_commands, dead_letter_commands

from notification_service.controllers.notification_events import QUEUE
from notification_service.settings import Settings

COMMANDS = [*dead_letter_commands([QUEUE]), *audit_commands()]

if __name__ == "__main__":
    sys.exit(administer("notification_service", Settings, COMMANDS))
