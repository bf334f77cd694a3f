import os
import subprocess
import sys

from fiapx_testing.pinning import pin

CHILD = "print(flush=True); input()"


def test_a_process_is_held_to_a_core() -> None:
    core = max(os.sched_getaffinity(0))
    with subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        pin(process.pid, {core})
        assert os.sched_getaffinity(process.pid) == {core}
        process.kill()
