"""What operators do to a service, from where it runs: the shape that the services' `admin` modules share."""

from fiapx_common.operating.audit_trail import audit_commands
from fiapx_common.operating.commands import Answer, Command, Operation, administer
from fiapx_common.operating.dead_letters import dead_letter_commands

__all__ = ["Answer", "Command", "Operation", "administer", "audit_commands", "dead_letter_commands"]
