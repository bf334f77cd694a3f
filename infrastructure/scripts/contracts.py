"""docs/openapi.json and docs/events.md, made from the code.

`write` refuses a version of the API that breaks clients of the committed one, unless BREAKING=1 is given. `check` fails
where a file is stale, and where the last commit broke clients without telling so.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

import httpx
from api_gateway.bootstrap import running
from api_gateway.settings import HttpSettings, Settings
from fiapx_common.settings import RedisSettings
from fiapx_testing.contracts.baselines import breaking_texts, broken_by_last_commit
from fiapx_testing.contracts.events_page import events_page
from pydantic import SecretStr

ROOT: Final = Path(__file__).resolve().parents[2]
OPENAPI: Final = ROOT / "docs" / "openapi.json"
EVENTS: Final = ROOT / "docs" / "events.md"
_NOBODY: Final = "ipv4:127.0.0.1:1"
_TIMEOUT_S: Final = 30


def main() -> int:
    """0 when all is well."""
    match sys.argv[1:]:
        case ["write"]:
            complaints = write()
        case ["check"]:
            complaints = check()
        case _:
            complaints = ["usage: contracts.py write|check"]
    sys.stderr.writelines(f"{line}\n" for line in complaints)
    return 1 if complaints else 0


def write() -> list[str]:
    """Both files, or why not."""
    document = openapi_text()
    if OPENAPI.exists() and os.environ.get("BREAKING") != "1":
        broken = breaking_texts(OPENAPI.read_text(), document)
        if broken:
            return [*broken, "this breaks clients: change it, or say BREAKING=1 and tell them"]
    OPENAPI.write_text(document)
    EVENTS.write_text(events_page())
    return []


def check() -> list[str]:
    """What is stale, and what broke."""
    made = {OPENAPI: openapi_text(), EVENTS: events_page()}
    stale = [
        f"{file.relative_to(ROOT)} is stale: run make contracts"
        for file, text in made.items()
        if not file.exists() or file.read_text() != text
    ]
    return [*stale, *broken_by_last_commit(ROOT, OPENAPI.relative_to(ROOT))]


def openapi_text() -> str:
    """The document as it is committed: a change is a small difference."""
    return json.dumps(asyncio.run(_document()), indent=1, ensure_ascii=False) + "\n"


async def _document() -> dict[str, Any]:
    """Of a gateway that runs here for a moment, with nobody behind it."""
    settings = Settings(
        redis=RedisSettings(url=SecretStr("redis://127.0.0.1:1")),
        auth_target=_NOBODY,
        upload_target=_NOBODY,
        processing_target=_NOBODY,
        notification_target=_NOBODY,
        issuer="https://fiapx.example.com",
        http=HttpSettings(listen="127.0.0.1:0"),
    )
    async with running(settings) as started, httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as client:
        answer = await client.get(f"http://{started.http}/api/openapi.json")
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


if __name__ == "__main__":
    sys.exit(main())
