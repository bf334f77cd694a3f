"""What operators of a whole platform give as one command."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from fiapx import ProblemError
from fiapx_testing.platforms import Account, Platform

SCRIPT = Path(__file__).parents[2] / "infrastructure" / "scripts" / "fiapx-admin.sh"
TIMEOUT_S = 60
LOGOUT_S = 1


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
    summaries = [line for line in ended.stdout.splitlines() if line.endswith(("dead letter.", "dead letters."))]
    assert len(summaries) == 4


def test_a_service_that_has_no_commands_is_told(platform: Platform) -> None:
    ended = admin(platform, "gateway", "dead-letters", "list")
    assert ended.returncode == 1
    assert ended.stderr.strip() == "fiapx: there is no service gateway: auth, upload, processing, notification or all"


def test_a_command_that_is_not_whole_ends_with_its_status(platform: Platform) -> None:
    ended = admin(platform, "upload", "dead-letters", "discard")
    assert ended.returncode == 2
    assert "the following arguments are required: ID" in ended.stderr


def test_a_place_that_does_not_exist_is_told(platform: Platform) -> None:
    ended = admin(platform, "upload", "audit", "list", WHERE="nowhere")
    assert (ended.returncode, ended.stderr) == (1, "fiapx: WHERE is local, compose or kubernetes, not nowhere\n")


def test_a_disabled_users_access_token_is_worth_nothing_at_once(platform: Platform, account: Account) -> None:
    account.client.me()
    assert admin(platform, "auth", "users", "disable", account.address).returncode == 0
    time.sleep(LOGOUT_S)
    with pytest.raises(ProblemError) as refused:
        account.client.me()
    assert refused.value.status == 401
    with pytest.raises(ProblemError) as refused:
        account.log_in()
    assert (refused.value.status, refused.value.code) == (403, "account_disabled")
