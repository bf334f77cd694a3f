"""A file that its client sends to the store in parts, while those who keep count of them come and go."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from fiapx_testing.archives import read_archive
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform

WITHIN_S = 240
PADDING_BYTES = 9 * 1024**2
"""More than one part."""


@pytest.fixture
def doors(platform: Platform, account: Account) -> Iterator[list[httpx.Client]]:
    """The account's session at both gateways."""
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    here, there = platform.gateway_urls
    with (
        httpx.Client(base_url=f"{here}/api/v1", headers=headers, timeout=WITHIN_S) as first,
        httpx.Client(base_url=f"{there}/api/v1", headers=headers, timeout=WITHIN_S) as second,
    ):
        yield [first, second]


def padded(clip: Path) -> bytes:
    """The same video, but large: a `free` box at its end (ISO/IEC 14496-12, 8.1.2)."""
    box = (8 + PADDING_BYTES).to_bytes(4, "big") + b"free" + bytes(PADDING_BYTES)
    return clip.read_bytes() + box


def send(door: httpx.Client, upload: dict[str, Any], number: int, file: bytes) -> None:
    """One part, straight to the store."""
    asked = door.post(f"/uploads/{upload['id']}/parts", json={"part_numbers": [number]})
    (part,) = asked.raise_for_status().json()["parts"]
    size = upload["part_size_bytes"]
    httpx.put(part["url"], content=file[(number - 1) * size : number * size], timeout=WITHIN_S).raise_for_status()


@pytest.mark.kills
@pytest.mark.timeout(1200)
def test_an_upload_goes_on_elsewhere_when_the_one_who_kept_count_is_killed(
    platform: Platform, account: Account, doors: list[httpx.Client], clips: Clips, tmp_path: Path
) -> None:
    here, there = doors
    file = padded(clips.counter(frames=25, fps=10).path)
    begun = here.post("/uploads", json={"filename": "férias.mp4", "size_bytes": len(file)})
    assert begun.status_code == 201
    upload = begun.json()
    assert upload["part_count"] == 2
    send(here, upload, 1, file)

    platform.kill("upload")
    kept = there.get(f"/uploads/{upload['id']}").raise_for_status().json()
    assert [(part["part_number"], part["size_bytes"]) for part in kept["parts"]] == [(1, upload["part_size_bytes"])]
    send(there, upload, 2, file)
    assert there.post(f"/uploads/{upload['id']}/complete").raise_for_status().json()["id"] == upload["id"]

    video = account.client.videos.wait(upload["id"], timeout_s=WITHIN_S)
    assert (video.status, video.filename, video.size_bytes) == ("completed", "férias.mp4", len(file))
    assert read_archive(account.client.videos.download(video.id, tmp_path / "frames.zip")).counters() == [0, 10, 20]
    platform.until(partial(platform.is_ready, "upload"))
