"""Whatever fits the OpenAPI document, and whatever doesn't, is never answered by 5xx."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(3600)]

SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
EXAMPLES_PER_CALL = 100 if os.environ.get("FIAPX_LONG") else 3


# Streams never end by themselves, and a fuzzer reads each answer to its end.
STREAMS = r"/events$"
# Whose session has ended fuzzes nothing any more but the refusal.
ENDINGS = r"(/auth/logout|/me/sessions/\{session_id\})$"


async def test_no_call_is_answered_by_an_error_of_ours(door: Any, tmp_path: Path) -> None:
    user = await door.new_user()
    fuzzing = await fuzz(door, user, tmp_path, f"--exclude-path-regex={STREAMS}|{ENDINGS}")
    still = await user.http.get("/me")
    await user.http.aclose()
    assert fuzzing == ""
    assert still.status_code == 200, "all was fuzzed with a session that lived"


async def test_no_end_of_a_session_is_answered_by_an_error_of_ours(door: Any, tmp_path: Path) -> None:
    user = await door.new_user()
    fuzzing = await fuzz(door, user, tmp_path, f"--include-path-regex={ENDINGS}")
    await user.http.aclose()
    assert fuzzing == ""


async def fuzz(door: Any, user: Any, folder: Path, *which: str) -> str:
    """What schemathesis found wrong; nothing when all is well."""
    fuzzing = await asyncio.create_subprocess_exec(
        SCHEMATHESIS,
        "run",
        f"http://{door.address}/api/openapi.json",
        "--header",
        f"Authorization: Bearer {user.tokens['access_token']}",
        "--checks=not_a_server_error",
        *which,
        "--phases=coverage,fuzzing",
        f"--max-examples={EXAMPLES_PER_CALL}",
        "--generation-deterministic",
        "--no-color",
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await fuzzing.communicate()
    return "" if fuzzing.returncode == 0 else told.decode()[-4000:]
