"""All that is kept of a user, as they get it through the public door."""

import asyncio
import time
from typing import Any
from uuid import UUID

import httpx
from dirty_equals import IsPartialDict
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform

WITHIN_S = 240
PASSWORD = "correct horse battery staple"
ONCE: dict[str, Any] = {"sampling": {"rule": "fps", "fps": 1}}
TWICE: dict[str, Any] = {"sampling": {"rule": "fps", "fps": 2}}


def videos_of(account: Account, clips: Clips) -> tuple[UUID, UUID]:
    """One that was made twice, and one that was cancelled."""
    videos = account.client.videos
    made = videos.upload(clips.counter(frames=25, fps=10).path, options=ONCE, external_id="A-1", tags=["summer"]).id
    assert videos.wait(made, timeout_s=WITHIN_S).status == "completed"
    videos.reprocess(made, TWICE)
    assert videos.wait(made, timeout_s=WITHIN_S).attempts == 2
    long = clips.counter(frames=600, fps=30, size=(640, 360)).path
    cancelled = videos.upload(long, options={"sampling": {"rule": "every", "frames": 1}}).id
    videos.cancel(cancelled)
    return made, cancelled


async def test_all_that_a_user_did_is_in_the_export_and_none_is_given_after_the_account(
    account: Account, platform: Platform, clips: Clips
) -> None:
    made, cancelled = await asyncio.to_thread(videos_of, account, clips)
    mails = await account.mails(count=3)
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    async with httpx.AsyncClient(base_url=f"{platform.url}/api/v1", headers=headers, timeout=WITHIN_S) as http:
        answer = await http.get("/me/export")
        export = answer.raise_for_status().json()
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="fiapx-export-')
        assert export["user"] == (await http.get("/me")).json()
        assert export["user"]["email"] == account.address
        assert [one["ended_at"] for one in export["sessions"]] == [None]

        videos = {UUID(video["id"]): video for video in export["videos"]}
        assert list(videos) == [cancelled, made]
        archive = await http.get(videos[made]["links"]["frames_zip"].removeprefix("/api/v1"))
        assert archive.status_code == 307
        assert videos[made]["expires_at"] > export["exported_at"]
        assert videos[made] == IsPartialDict(external_id="A-1", tags=["summer"], frame_count=5, attempts=2)
        assert videos[cancelled] == IsPartialDict(status="cancelled", frame_count=None)
        assert outcomes_of(videos[made]) == [("queued", 1), ("completed", 1), ("queued", 2), ("completed", 2)]
        assert {"cancelled"} <= {entry["fields"]["status"] for entry in videos[cancelled]["history"]}
        rules = [entry["fields"]["options"]["sampling"]["fps"] for entry in videos[made]["history"] if asks(entry)]
        assert rules == [1, 2]
        assert {mail["message_id"] for mail in export["mails"]} == {mail.message_id for mail in mails}
        about_video = [(mail["kind"], mail["attempt"]) for mail in export["mails"] if mail["video_id"] == str(made)]
        assert about_video == [("video_completed", 2), ("video_completed", 1)]

        await asyncio.to_thread(account.client.delete_account, PASSWORD)
        assert await status_in_time(http, 401) == 401


def outcomes_of(video: dict[str, Any]) -> list[tuple[str, int]]:
    """Where each attempt began and ended."""
    states = [(entry["fields"]["status"], entry["fields"]["attempts"]) for entry in video["history"]]
    return [state for state in dict.fromkeys(states) if state[0] != "processing"]


def asks(entry: dict[str, Any]) -> bool:
    """Whether the change is that other frames are wanted."""
    return "options" in entry["fields"]


async def status_in_time(http: httpx.AsyncClient, wanted: int) -> int:
    """The status of an export, once it is the wanted one: a session's end is known everywhere within a second."""
    deadline = time.monotonic() + 2
    status = 0
    while status != wanted and time.monotonic() < deadline:
        status = (await http.get("/me/export")).status_code
        await asyncio.sleep(0.2)
    return status
