"""Programs of a test's own end with it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ended(program: subprocess.Popen[bytes], *, within_s: float) -> Iterator[None]:
    """At the block's end SIGTERM, and SIGKILL to one that has not ended by itself `within_s` later."""
    try:
        yield
    finally:
        program.terminate()
        try:
            program.wait(within_s)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
