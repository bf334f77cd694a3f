"""What docs/reliability.md names as a proof is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text()


def test_each_test_that_proves_a_promise_exists() -> None:
    sources = [file for file in ROOT.glob("**/tests/**/test_*.py") if ".venv" not in file.parts]
    written = {name for file in sources for name in re.findall(r"def (test_\w+)\(", file.read_text())}
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 30
    assert named - written == set()


def test_each_file_that_proves_a_promise_exists() -> None:
    assert [name for name in re.findall(r"`(tests/[\w/.]+)`", PAGE) if not (ROOT / name).exists()] == []
