"""Which engine made a result."""

from pathlib import Path

import pytest
from fiapx_engine.fingerprint import fingerprint


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "ffmpeg"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_same_engine_has_the_same_fingerprint(program: Path) -> None:
    assert fingerprint("auto", str(program)) == fingerprint("auto", str(program))
    assert len(fingerprint("auto", str(program))) == 32


def test_another_choice_and_another_program_have_others(program: Path) -> None:
    before = fingerprint("auto", str(program))
    program.write_text("#!/bin/sh\necho newer\n")
    others = [fingerprint("auto", str(program)), fingerprint("ffmpeg", str(program)), fingerprint("auto", "no such")]
    assert len({before, *others}) == 4
