"""RabbitMQ's own command line, for its administrators."""

import os
import subprocess
from pathlib import Path
from typing import Final

from fiapx_local.servers import RabbitMQ
from fiapx_local.stack import Stack

_TIMEOUT_S: Final = 120
"""It starts an Erlang of its own, which takes half a minute on a machine with much else to do."""


def rabbitmqctl(stack: Stack, *words: str) -> None:
    """Raises subprocess.CalledProcessError and TimeoutExpired."""
    program = RabbitMQ(stack.settings).programs()[-1]
    command = [str(Path(program.argv[0]).with_name("rabbitmqctl")), "-q", *words]
    environment = {**os.environ, **program.environment}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=_TIMEOUT_S)
