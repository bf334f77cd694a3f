"""A large file is nobody's burden, whichever way it takes."""

import os
from pathlib import Path

import httpx
import pytest
from fiapx_testing.platforms import Account, Platform

MIB = 1 << 20
SIZE_BYTES = (2048 if os.environ.get("FIAPX_LONG") else 320) * MIB
MOST_MB = 200
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"
WITHIN_S = 240
SIGNED_AT_ONCE = 16


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that says it is a film, and takes no room on the disk."""
    path = tmp_path / "large.mp4"
    path.write_bytes(MP4)
    os.truncate(path, SIZE_BYTES)
    return path


def _by_the_gateway(account: Account, film: Path) -> None:
    video = account.client.videos.upload(film)
    assert video.size_bytes == SIZE_BYTES
    account.client.videos.delete(video.id)


def _past_the_services(account: Account, film: Path, url: str) -> None:
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    with (
        httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=WITHIN_S) as door,
        httpx.Client(timeout=WITHIN_S) as store,
        film.open("rb") as file,
    ):
        begun = door.post("/uploads", json={"filename": film.name, "size_bytes": SIZE_BYTES})
        upload = begun.raise_for_status().json()
        for first in range(1, upload["part_count"] + 1, SIGNED_AT_ONCE):
            numbers = [*range(first, min(first + SIGNED_AT_ONCE, upload["part_count"] + 1))]
            signed = door.post(f"/uploads/{upload['id']}/parts", json={"part_numbers": numbers}).raise_for_status()
            for part in signed.json()["parts"]:
                store.put(part["url"], content=file.read(upload["part_size_bytes"])).raise_for_status()
        assert door.post(f"/uploads/{upload['id']}/complete").raise_for_status().json()["size_bytes"] == SIZE_BYTES
        door.delete(f"/videos/{upload['id']}").raise_for_status()


@pytest.mark.timeout(1800)
def test_a_large_file_by_either_way_leaves_every_service_below_200_mb(
    platform: Platform, account: Account, large: Path
) -> None:
    _by_the_gateway(account, large)
    _past_the_services(account, large, platform.url)
    assert {name: peak for name, peak in platform.peaks_mb().items() if peak >= MOST_MB} == {}
