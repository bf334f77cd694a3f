"""`helm test`: somebody signs up, sends a video, waits, and gets exactly its frames; then all of it is deleted."""

import io
import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
import zipfile
from typing import Any

URL = os.environ["FIAPX_URL"].rstrip("/")
TIMEOUT_S = float(os.environ.get("FIAPX_TIMEOUT_S", "180"))
SECONDS_OF_VIDEO = 3
_REQUEST_TIMEOUT_S = 30
_PNG = b"\x89PNG\r\n\x1a\n"


def main() -> None:
    """Exits with a sentence on stderr where anything is not as promised."""
    video = tiny_video()
    token = new_user()
    sent = json.loads(call("POST", "/api/v1/videos", token, *form("video", "helm-test.mp4", video)))
    finished = wait(token, sent["id"])
    numbers = f"1-{finished['frame_count']}"
    archive = call("GET", f"/api/v1/videos/{sent['id']}/frames.zip?frames={numbers}", token)
    check(archive)
    call("DELETE", f"/api/v1/videos/{sent['id']}", token)
    print(f"{SECONDS_OF_VIDEO} s of video in, {finished['frame_count']} frames out: all is well.")


def tiny_video() -> bytes:
    """Some seconds of a test picture, one frame in each of which must come back."""
    source = f"testsrc=size=160x120:rate=10:duration={SECONDS_OF_VIDEO}"
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"]
    argv += ["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1"]
    return subprocess.run(argv, check=True, capture_output=True, timeout=_REQUEST_TIMEOUT_S).stdout


def new_user() -> str:
    """The access token of somebody new."""
    login = {"email": f"helm-test-{secrets.token_hex(8)}@example.com", "password": secrets.token_urlsafe(18)}
    call("POST", "/api/v1/auth/register", None, *as_json(login))
    answer: dict[str, str] = json.loads(call("POST", "/api/v1/auth/login", None, *as_json(login)))
    return answer["access_token"]


def wait(token: str, video: str) -> dict[str, Any]:
    """The video when it is completed."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        found: dict[str, Any] = json.loads(call("GET", f"/api/v1/videos/{video}", token))
        if found["status"] == "completed":
            return found
        if found["status"] in {"failed", "cancelled"} or time.monotonic() > deadline:
            sys.exit(f"The video is {found['status']} after {TIMEOUT_S:g} s at most: {found['error']}")
        time.sleep(1)


def check(archive: bytes) -> None:
    """That the ZIP is whole and holds one picture per second."""
    with zipfile.ZipFile(io.BytesIO(archive)) as frames:
        damaged = frames.testzip()
        names = [name for name in frames.namelist() if name.endswith(".png")]
        pictures = [frames.read(name).startswith(_PNG) for name in names]
    if damaged or pictures != [True] * SECONDS_OF_VIDEO:
        sys.exit(f"The archive is not as promised: {names}, damaged: {damaged}")


def as_json(body: object) -> tuple[bytes, str]:
    """A body and its content type."""
    return json.dumps(body).encode(), "application/json"


def form(field: str, filename: str, content: bytes) -> tuple[bytes, str]:
    """A form with one file, and its content type."""
    boundary = secrets.token_hex(16)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def call(method: str, path: str, token: str | None, body: bytes | None = None, content_type: str = "") -> bytes:
    """The body of the gateway's answer; urllib raises for every status that is no success."""
    headers = {"Content-Type": content_type} if content_type else {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(URL + path, data=body, headers=headers, method=method)  # noqa: S310 (our own)
    with urllib.request.urlopen(request, timeout=_REQUEST_TIMEOUT_S) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    main()
