"""A commit that breaks clients says so, or is told of."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fiapx_testing.contracts.baselines import broken_by_last_commit

FILE = Path("openapi.json")
ME = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")


def commit(root: Path, message: str, *paths: str) -> None:
    """One more version of an API with these calls."""
    call: dict[str, Any] = {"get": {"responses": {"200": {}}}}
    (root / FILE).write_text(json.dumps({"paths": dict.fromkeys(paths, call), "components": {"schemas": {}}}))
    for arguments in (["init", "-q"], ["add", "-A"], [*ME, "commit", "-q", "-m", message]):
        subprocess.run(["git", *arguments], cwd=root, check=True, timeout=30)


def test_a_call_that_is_gone_since_the_commit_before_is_told(tmp_path: Path) -> None:
    commit(tmp_path, "Two calls", "/a", "/b")
    commit(tmp_path, "One call\n\nBecause of something.", "/a")
    first, *_ = broken_by_last_commit(tmp_path, FILE)
    assert first == "GET /b: is gone"


def test_a_change_that_is_not_committed_yet_is_told_too(tmp_path: Path) -> None:
    commit(tmp_path, "Two calls", "/a", "/b")
    commit(tmp_path, "One more", "/a", "/b", "/c")
    (tmp_path / FILE).write_text(json.dumps({"paths": {}, "components": {"schemas": {}}}))
    assert "GET /a: is gone" in broken_by_last_commit(tmp_path, FILE)


@pytest.mark.parametrize("message", ["BREAKING CHANGE: no b any more", "One call\n\nBREAKING CHANGE: no b any more"])
def test_a_change_that_is_announced_may_break(tmp_path: Path, message: str) -> None:
    commit(tmp_path, "Two calls", "/a", "/b")
    commit(tmp_path, message, "/a")
    assert broken_by_last_commit(tmp_path, FILE) == []


def test_a_new_call_breaks_nobody(tmp_path: Path) -> None:
    commit(tmp_path, "One call", "/a")
    commit(tmp_path, "Two calls", "/a", "/b")
    assert broken_by_last_commit(tmp_path, FILE) == []


def test_the_first_commit_breaks_nobody(tmp_path: Path) -> None:
    commit(tmp_path, "One call", "/a")
    assert broken_by_last_commit(tmp_path, FILE) == []
