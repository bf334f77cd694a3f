"""The receiver of docs/webhooks.md, run as it stands there, hears how a video ended."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform

ROOT = Path(__file__).parents[2]
WITHIN_S = 240


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The documentation's receiver."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/webhooks.md").read_text(), re.DOTALL)
    path = tmp_path / "receiver.py"
    path.write_text(code)
    return path


@contextmanager
def listening(program: Path, port: int, secret: str) -> Iterator[Callable[[], str]]:
    """Runs it; gives a function that waits for the next line that it writes."""
    environment = os.environ | {"PORT": str(port), "WEBHOOK_SECRET": secret}
    process = subprocess.Popen([sys.executable, str(program)], env=environment, stdout=subprocess.PIPE, text=True)
    lines: Queue[str] = Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line.strip())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield lambda: lines.get(timeout=WITHIN_S)
    finally:
        process.terminate()
        process.wait()
        reader.join()
        if process.stdout:
            process.stdout.close()


def test_the_documentations_receiver_hears_and_verifies_how_videos_end(
    account: Account, platform: Platform, clips: Clips, program: Path, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8)
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    with httpx.Client(base_url=f"{platform.url}/api/v1", headers=headers, timeout=WITHIN_S) as api:
        wish = {"url": f"http://127.0.0.1:{port}/", "description": "the documentation's"}
        webhook = api.post("/webhooks", json=wish).raise_for_status().json()
        with listening(program, port, webhook["secret"]) as next_line:
            videos = account.client.videos
            good = videos.upload(clips.counter(frames=25, fps=10).path, external_id="order-17").id
            assert next_line().split() == ["video.processed.v1", "order-17", own(platform, good)]
            bad = videos.upload(broken, external_id="order-18").id
            assert next_line().split() == ["video.failed.v1", "order-18", own(platform, bad)]
            platform.until(lambda: statuses(api, webhook["id"]) == ["delivered", "delivered"], within_s=WITHIN_S)
            failed, processed = api.get(f"/webhooks/{webhook['id']}/deliveries").json()["items"]
            assert (processed["video_id"], processed["answer"]["status"]) == (str(good), 204)
            again = api.post(f"/webhooks/{webhook['id']}/deliveries/{failed['id']}/redeliver")
            assert (again.status_code, again.json()["id"]) == (202, failed["id"])
            assert next_line().split()[:2] == ["video.failed.v1", "order-18"]


def own(platform: Platform, video_id: Any) -> str:
    return f"{platform.url}/api/v1/videos/{video_id}"


def statuses(api: httpx.Client, webhook_id: str) -> list[str]:
    deliveries = api.get(f"/webhooks/{webhook_id}/deliveries").raise_for_status().json()["items"]
    return [delivery["status"] for delivery in deliveries]
