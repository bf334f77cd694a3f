"""What may go wrong with a stack and is told to a person in a sentence, without a traceback."""

import sys
from collections.abc import Callable

from rich.console import Console

_PIPE_WIDTH = 140
_INTERRUPTED = 130


class StackError(Exception):
    """The stack cannot do what was asked; the message says why and what to do."""


def run_plainly(command: Callable[[Console], int]) -> int:
    """Run a command with a console; the exit code of the process."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    try:
        return command(Console(highlight=False, soft_wrap=True, width=width))
    except StackError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"fiapx: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
