"""Whatever fits the OpenAPI document, and whatever doesn't, is never answered by 5xx."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
EXAMPLES_PER_CALL = 3


async def test_no_call_is_answered_by_an_error_of_ours(door: Any, tmp_path: Path) -> None:
    user = await door.new_user()
    await user.http.aclose()
    fuzzing = await asyncio.create_subprocess_exec(
        SCHEMATHESIS,
        "run",
        f"http://{door.address}/api/openapi.json",
        "--header",
        f"Authorization: Bearer {user.tokens['access_token']}",
        "--checks=not_a_server_error",
        # Streams never end by themselves, and a fuzzer reads each answer to its end.
        "--exclude-path-regex=/events$",
        "--phases=coverage,fuzzing",
        f"--max-examples={EXAMPLES_PER_CALL}",
        "--generation-deterministic",
        "--no-color",
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await fuzzing.communicate()
    assert fuzzing.returncode == 0, told.decode()[-4000:]
