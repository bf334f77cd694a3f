"""A link to a video, from its owner's hand to a stranger's, until it is revoked."""

import asyncio
import io
import time
import zipfile
from typing import Any

import httpx
from fiapx_testing.clips import Clips
from fiapx_testing.frame_counter import read_counter
from fiapx_testing.platforms import Account, Platform

WITHIN_S = 240
ONCE: dict[str, Any] = {"sampling": {"rule": "fps", "fps": 1}}


async def test_whoever_has_a_link_gets_the_frames_without_an_account_until_it_is_revoked(
    account: Account, platform: Platform, clips: Clips
) -> None:
    videos = account.client.videos
    film = clips.counter(frames=25, fps=10).path
    video = await asyncio.to_thread(videos.upload, film, options=ONCE)
    await asyncio.to_thread(videos.wait, video.id, timeout_s=WITHIN_S)
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    api = f"{platform.url}/api/v1"
    async with (
        httpx.AsyncClient(base_url=api, headers=headers, timeout=WITHIN_S) as owner,
        httpx.AsyncClient(timeout=WITHIN_S, follow_redirects=True) as stranger,
    ):
        share = (await owner.post(f"/videos/{video.id}/shares", json={"note": "for Bia"})).raise_for_status().json()
        shown = (await stranger.get(share["url"])).raise_for_status().json()
        assert (shown["filename"], shown["status"], shown["frame_count"]) == (film.name, "completed", 3)
        archive = await stranger.get(f"{platform.url}{shown['links']['frames_zip']}")
        with zipfile.ZipFile(io.BytesIO(archive.raise_for_status().content)) as frames:
            images = [frames.read(name) for name in frames.namelist() if name.endswith(".png")]
        assert [read_counter(image) for image in images] == [0, 10, 20]

        assert (await owner.delete(f"/videos/{video.id}/shares/{share['id']}")).status_code == 204
        deadline = time.monotonic() + 2
        gone = await stranger.get(share["url"])
        while gone.status_code == 200 and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
            gone = await stranger.get(share["url"])
        assert (gone.status_code, gone.json()["code"]) == (404, "share_not_found")
