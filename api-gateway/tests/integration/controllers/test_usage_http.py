"""How much somebody has, and may have."""

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8


async def test_usage_grows_with_each_video_and_shrinks_when_it_is_deleted(user: Any) -> None:
    nothing = (await user.http.get("/me/usage")).json()
    video = (await user.upload(MP4)).json()
    one = (await user.http.get("/me/usage")).json()
    await user.http.delete(f"/videos/{video['id']}")
    again = (await user.http.get("/me/usage")).json()

    assert (nothing["videos"], nothing["stored_bytes"]) == (0, 0)
    assert (one["videos"], one["stored_bytes"]) == (1, len(MP4))
    assert again == nothing


async def test_the_limits_are_told(user: Any) -> None:
    usage = (await user.http.get("/me/usage")).json()

    assert usage["videos_limit"] == 2000
    assert usage["stored_bytes_limit"] == 200 * 1024**3
    assert usage["file_bytes_limit"] == 20 * 1024**3


async def test_a_program_may_ask_by_its_key(door: Any, user: Any) -> None:
    key = (await user.http.post("/api-keys", json={"name": "ci", "scopes": ["videos:read"]})).json()["key"]

    async with door.client(key) as program:
        assert (await program.get("/me/usage")).status_code == 200
