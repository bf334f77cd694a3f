"""The engine: `engine VIDEO OPTIONS THREADS` leaves `frames.zip`, and tells the most memory of parent and child."""

import json
import resource
import sys
from importlib import import_module
from pathlib import Path

from fiapx_engine.fork_server import ForkServer


def extract(video: str, options: str, threads: int) -> None:
    with ForkServer() as server:
        server.begin()  # as the command does: it imports what it needs while we import what we need
        import_module("fiapx_testing.benchmarks.programs.extracting").main(server, Path(video), options, threads)


def peaks_mb() -> dict[str, float]:
    """Of this process, and of the largest of its children.

    Not its own ru_maxrss, which begins with the memory of whoever started it (getrusage(2); exec keeps it).
    """
    kept = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own_kb, child_kb = int(kept["VmHWM"].split()[0]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"parent_mb": own_kb * 1024 / 1e6, "child_mb": child_kb * 1024 / 1e6}


if __name__ == "__main__":
    extract(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.stdout.write(json.dumps(peaks_mb()))
