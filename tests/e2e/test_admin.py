"""What operators of a whole platform give as one command."""

import os
import subprocess
from pathlib import Path

from fiapx_testing.platforms import Platform

SCRIPT = Path(__file__).parents[2] / "infrastructure" / "scripts" / "fiapx-admin.sh"
TIMEOUT_S = 60


def admin(platform: Platform, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = platform.stack.settings
    place = {"FIAPX_STATE_DIR": str(settings.layout.state), "FIAPX_PORT_BASE": str(settings.ports.gateway)}
    return subprocess.run(
        [SCRIPT, *arguments],
        env={**os.environ, **place, **environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_each_service_tells_of_its_dead_letters(platform: Platform) -> None:
    ended = admin(platform, "all", "dead-letters", "list")
    assert (ended.returncode, ended.stderr) == (0, "")
    summaries = [line for line in ended.stdout.splitlines() if "dead letter" in line]
    assert len(summaries) == 3


def test_a_service_that_has_no_commands_is_told(platform: Platform) -> None:
    ended = admin(platform, "gateway", "dead-letters", "list")
    assert ended.returncode == 1
    assert ended.stderr.strip() == "fiapx: there is no service gateway: upload, processing, notification or all"


def test_a_command_that_is_not_whole_ends_with_its_status(platform: Platform) -> None:
    ended = admin(platform, "upload", "dead-letters", "discard")
    assert ended.returncode == 2
    assert "the following arguments are required: ID" in ended.stderr


def test_a_place_that_does_not_exist_is_told(platform: Platform) -> None:
    ended = admin(platform, "upload", "audit", "list", WHERE="nowhere")
    assert (ended.returncode, ended.stderr) == (1, "fiapx: WHERE is local, compose or kubernetes, not nowhere\n")
