"""Tells, offline, whether the pins were made from the dependencies as they are declared now."""

import hashlib
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTE = Path(__file__).with_name("pins.sha256")


def main() -> int:
    """`write` notes the present state, `check` compares with what was noted."""
    if sys.argv[1:] == ["write"]:
        NOTE.write_text(current())
        return 0
    if sys.argv[1:] != ["check"]:
        sys.stderr.write("usage: pins.py write|check\n")
        return 2
    noted = dict(line.split("  ", 1)[::-1] for line in NOTE.read_text().splitlines())
    now = dict(line.split("  ", 1)[::-1] for line in current().splitlines())
    stale = sorted(name for name in {*noted, *now} if noted.get(name) != now.get(name))
    for name in stale:
        sys.stderr.write(f"{name} changed since the pins were made: run make lock\n")
    return 1 if stale else 0


def current() -> str:
    """A line with a hash for each declaration of dependencies and each file of pins."""
    projects = {name: declared(ROOT / name) for name in names("pyproject.toml")}
    pins = {name: (ROOT / name).read_bytes() for name in ["requirements-dev.txt", *names("requirements.txt")]}
    return "".join(f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in {**projects, **pins}.items())


def names(file: str) -> list[str]:
    """Where the workspace has files of that name, in a fixed order."""
    folders = (".", "*", "pkg/*", "infrastructure/local", "infrastructure/tools")
    found = {path for folder in folders for path in ROOT.glob(f"{folder}/{file}")}
    return sorted(str(path.relative_to(ROOT)) for path in found)


def declared(path: Path) -> bytes:
    """What a project file says about dependencies; settings of tools beside it don't matter."""
    content = tomllib.loads(path.read_text())
    project = content.get("project", {})
    wanted = {
        "requires-python": project.get("requires-python"),
        "dependencies": project.get("dependencies"),
        "extras": project.get("optional-dependencies"),
        "groups": content.get("dependency-groups"),
        "uv": content.get("tool", {}).get("uv"),
    }
    return json.dumps(wanted, sort_keys=True).encode()


if __name__ == "__main__":
    sys.exit(main())
