"""`make chaos` and `make promises` as programs, each in a folder of its own; the mutants only in `make long`."""

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


Run = Callable[..., tuple[int, dict[str, Any]]]


def of_module(module: str, folder: Path) -> Run:
    """Runs it with these words; gives its status and its results."""

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        told = folder / "told.txt"
        with told.open("wb") as sink:
            command = [sys.executable, "-m", module, "--folder", str(folder), *words]
            program = subprocess.Popen(command, stdout=sink, stderr=sink)
            with ended(program, within_s=WITHIN_S / 4):
                status = program.wait(WITHIN_S)
        results = folder / "results.json"
        assert results.exists(), told.read_text()
        return status, json.loads(results.read_text())

    return run


@pytest.fixture
def chaos(tmp_path: Path) -> Run:
    return of_module("fiapx_testing.chaos", tmp_path)


@pytest.fixture
def promises(tmp_path: Path) -> Run:
    return of_module("fiapx_testing.promises", tmp_path)
