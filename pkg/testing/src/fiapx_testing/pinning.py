"""Programs that may use some cores only."""

import os
from collections.abc import Collection
from pathlib import Path


def pin(pid: int, cores: Collection[int]) -> None:
    """Holds a process, its threads and its children to cores; what they start later stays there too."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)
        for child in (thread / "children").read_text().split():
            pin(int(child), cores)
