"""`make chaos` as a program, with a folder of its own; its mutants only in `make long`, for they take minutes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fiapx_testing.ending import ended

WITHIN_S = 1200

collect_ignore = [] if os.environ.get("FIAPX_LONG") else ["test_mutants.py"]


@pytest.fixture
def chaos(tmp_path: Path) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs it with these words; gives its status and its results."""

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        told = tmp_path / "told.txt"
        with told.open("wb") as sink:
            command = [sys.executable, "-m", "fiapx_testing.chaos", "--folder", str(tmp_path), *words]
            program = subprocess.Popen(command, stdout=sink, stderr=sink)
            with ended(program, within_s=WITHIN_S / 4):
                status = program.wait(WITHIN_S)
        results = tmp_path / "results.json"
        assert results.exists(), told.read_text()
        return status, json.loads(results.read_text())

    return run
