"""On what something was measured."""

import os
import platform
from pathlib import Path


def machine() -> dict[str, str]:
    """By name: the processor, how many cores of it may be used, and Python's version."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": models[0].split(":")[1].strip() if models else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "Python": platform.python_version(),
    }
