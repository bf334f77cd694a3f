"""Other frames of a video that is here already, through the public door."""

from pathlib import Path
from typing import Any

import httpx
from fiapx_testing.archives import read_archive
from fiapx_testing.clips import Clips
from fiapx_testing.frame_counter import read_counter
from fiapx_testing.platforms import Account, Platform

WITHIN_S = 240
SLOW: dict[str, Any] = {"sampling": {"rule": "fps", "fps": 1}}
FAST: dict[str, Any] = {"sampling": {"rule": "fps", "fps": 5}, "range": {"start_s": 2, "end_s": 3}}


async def test_each_wish_gives_its_own_frames_a_mail_and_what_was_made_before_is_taken_again(
    account: Account, platform: Platform, clips: Clips, tmp_path: Path
) -> None:
    videos = account.client.videos
    uploaded = videos.upload(clips.counter(frames=45, fps=10, b_frames=2).path, options=SLOW)
    first = videos.wait(uploaded.id, timeout_s=WITHIN_S)
    assert [read_counter(videos.image(first.id, index)) for index in (1, 2)] == [0, 10]
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    async with httpx.AsyncClient(base_url=f"{platform.url}/api/v1/videos/{first.id}", headers=headers) as http:
        kept = (await http.get("/frames/2")).headers["ETag"]

        again = videos.reprocess(first.id, FAST)
        assert (again.status, again.attempts, again.frame_count) == ("queued", 2, None)
        second = videos.wait(first.id, timeout_s=WITHIN_S)
        assert (second.status, second.attempts, second.warnings) == ("completed", 2, [])
        archive = read_archive(videos.download(first.id, tmp_path / "second.zip"))
        assert archive.counters() == [20, 22, 24, 26, 28]
        # whoever kept the image of this address is given another one
        anew = await http.get("/frames/2", headers={"If-None-Match": kept})
        assert (anew.status_code, read_counter(anew.content)) == (200, 22)
        assert (await http.get("/frames/2", params={"attempt": 1})).status_code == 404

    videos.reprocess(first.id, SLOW)
    third = videos.wait(first.id, timeout_s=WITHIN_S)
    assert (third.attempts, [warning.code for warning in third.warnings]) == (3, ["result_reused"])
    assert read_archive(videos.download(first.id, tmp_path / "third.zip")).counters() == [0, 10, 20, 30, 40]
    mails = await account.mails(count=4)
    outcomes = sorted(mail.message_id for mail in mails if str(first.id) in mail.message_id)
    assert [one.split("@")[0].rsplit(".", 1)[1] for one in outcomes] == ["1", "2", "3"]
