"""What a user calls while something happens to the platform."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx

from fiapx_testing.platforms import PASSWORD, Account
from fiapx_testing.promises.probing import PATIENCE_S, Call, Door

FRAME_A_SECOND: Final[Mapping[str, Any]] = {"sampling": {"rule": "fps", "fps": 1}}


def doors(gateway_urls: Sequence[str], account: Account) -> list[Door]:
    """One of each gateway, for somebody who is logged in; each call has a connection of its own."""
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    return [
        partial(httpx.Client, base_url=f"{url}/api/v1", headers=headers, timeout=PATIENCE_S, trust_env=False)
        for url in gateway_urls
    ]


def calls(account: Account, video_id: UUID, clip: Path) -> Mapping[str, Call]:
    """A read of one video and of the list, a login, and a small upload.

    The clip is always the same and asked for in the same way, so that a result that is kept is copied: all of the
    platform has to do something, and nothing of it takes long.
    """
    content = clip.read_bytes()
    login = {"email": account.address, "password": PASSWORD}
    upload = {"options": json.dumps(FRAME_A_SECOND)}
    return {
        "video": lambda door: door.get(f"/videos/{video_id}"),
        "list": lambda door: door.get("/videos"),
        "login": lambda door: door.post("/auth/login", json=login),
        "upload": lambda door: door.post("/videos", data=upload, files={"video": (clip.name, content)}),
    }
