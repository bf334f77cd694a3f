"""Whatever fits the OpenAPI document, and whatever doesn't, is never answered by 5xx."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(3600)]

SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
LONG = bool(os.environ.get("FIAPX_LONG"))
EXAMPLES_PER_CALL = 100 if LONG else 3

# Streams never end by themselves, and a fuzzer reads each answer to its end.
STREAMS = r"/events$"
# Whose session has ended fuzzes nothing any more but the refusal: these calls have a user of their own.
ENDINGS = r"(/auth/logout|/me/sessions/\{session_id\})$"
CONFIG = f"""\
{"" if LONG else "phases.coverage.unexpected-methods = ['trace']"}
[[operations]]
include-path-regex = '{ENDINGS}'
headers.Authorization = 'Bearer %s'
"""


# The gateway runs in this process; other tests cover what it does, and unmeasured it answers in half of the time.
@pytest.mark.no_cover
async def test_no_call_is_answered_by_an_error_of_ours(door: Any, tmp_path: Path) -> None:
    user, leaver = await door.new_user(), await door.new_user()
    (tmp_path / "schemathesis.toml").write_text(CONFIG % leaver.tokens["access_token"])
    fuzzing = await fuzz(door, user, tmp_path)
    still, gone = await user.http.get("/me"), await leaver.http.get("/me")
    await user.http.aclose()
    await leaver.http.aclose()
    assert fuzzing == ""
    assert still.status_code == 200, "all was fuzzed with a session that lived"
    assert gone.status_code == 401, "what ends sessions was fuzzed with one that it could end"


async def fuzz(door: Any, user: Any, folder: Path) -> str:
    """What schemathesis found wrong; nothing when all is well."""
    fuzzing = await asyncio.create_subprocess_exec(
        SCHEMATHESIS,
        "run",
        f"http://{door.address}/api/openapi.json",
        "--header",
        f"Authorization: Bearer {user.tokens['access_token']}",
        "--checks=not_a_server_error",
        f"--exclude-path-regex={STREAMS}",
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
