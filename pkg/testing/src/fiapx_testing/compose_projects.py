"""The compose file as an operator uses it, under a name and on ports of a test's own."""

import base64
import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiapx_local.checkout import ROOT

_COMPOSE_FILE = Path("infrastructure", "docker-compose.yml")
_EXAMPLE = ROOT / "infrastructure" / ".env.example"
_TIMEOUT_S = 900


def random_environment(overrides: Mapping[str, str]) -> dict[str, str]:
    """.env.example with a random value for each secret."""
    values = dict(overrides)
    for line in _EXAMPLE.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            values.setdefault(name, value or secrets.token_hex(24))
    values["AUTH_KEY_ENCRYPTION_KEY"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return values


@dataclass(frozen=True)
class ComposeProject:
    """One project; what it is told comes from `environment` alone."""

    program: Path
    docker_url: str
    name: str
    environment: Mapping[str, str]
    overrides: tuple[Path, ...] = ()
    checkout: Path = ROOT
    """Whose compose file it is; sources are mounted from there."""

    def run(self, *arguments: str) -> str:
        """What `docker compose ARGUMENTS` prints.

        Raises:
            AssertionError: it failed; with the end of what it said.
        """
        files = [part for file in (self.checkout / _COMPOSE_FILE, *self.overrides) for part in ("-f", str(file))]
        command = [str(self.program), "--ansi", "never", "--progress", "plain", "-p", self.name]
        told = {"DOCKER_HOST": self.docker_url, "DOCKER_BUILDKIT": "0", "PATH": os.environ["PATH"]}
        ran = subprocess.run(
            [*command, "--env-file", "/dev/null", *files, *arguments],
            env={**self.environment, **told},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
        assert ran.returncode == 0, f"compose {' '.join(arguments)}: {(ran.stdout + ran.stderr)[-3000:]}"
        return ran.stdout

    def config(self, *profiles: str) -> dict[str, Any]:
        """The whole file as compose understands it."""
        chosen = [part for profile in profiles for part in ("--profile", profile)]
        parsed: dict[str, Any] = json.loads(self.run(*chosen, "config", "--format", "json"))
        return parsed

    def up(self, *arguments: str) -> None:
        """`up --detach --wait`: returns when all are healthy."""
        self.run("up", "--detach", "--wait", "--wait-timeout", "300", *arguments)

    def down(self) -> None:
        """Containers, networks and volumes go, those of profiles as well."""
        self.run("--profile", "*", "down", "--volumes", "--timeout", "60")
