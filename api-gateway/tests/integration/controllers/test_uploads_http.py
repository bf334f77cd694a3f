"""`POST /videos` over HTTP: what is taken in, and what is refused."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dirty_equals import IsDatetime, IsStr, IsUUID
from fiapx_testing.clips import Clips

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOUNDARY = "x-boundary-x"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(disposition: str, data: bytes) -> bytes:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def file(data: bytes, name: str = "video") -> bytes:
    return part(f'name="{name}"; filename="clip.mp4"', data)


@pytest.fixture(scope="session")
def clip(clips: Clips) -> bytes:
    """A real video of a second."""
    return clips.counter(frames=30).path.read_bytes()


async def test_a_clip_is_accepted_with_all_that_the_contract_tells_of_a_video(user: Any, clip: bytes) -> None:
    options = {"sampling": {"rule": "fps", "fps": 2}}
    answer = await user.upload(
        clip, "férias.mp4", options=json.dumps(options), external_id="e-1", metadata='{"a": [1]}', tags=["x", "y"]
    )
    assert answer.status_code == 202
    video = answer.json()
    own = f"/api/v1/videos/{video['id']}"
    assert answer.headers["Location"] == own
    assert video == {
        "id": IsUUID,
        "filename": "férias.mp4",
        "size_bytes": len(clip),
        "sha256": IsStr(regex="[0-9a-f]{64}"),
        "external_id": "e-1",
        "metadata": {"a": [1]},
        "tags": ["x", "y"],
        "status": "queued",
        "progress": 0.0,
        "queue_position": None,
        "eta_s": None,
        "options": video["options"] | options,
        "media": None,
        "frame_count": None,
        "frames_expected": None,
        "frames_ready": 0,
        "archive_bytes": None,
        "warnings": [],
        "error": None,
        "attempts": 1,
        "created_at": IsDatetime(iso_string=True),
        "started_at": None,
        "finished_at": None,
        "expires_at": None,
        "links": {"self": own, "events": f"{own}/events", "cancel": f"{own}/cancel"},
    }


async def test_a_chunked_body_is_accepted(user: Any, clip: bytes) -> None:
    body = form(file(clip))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    answer = await user.http.post("/videos", content=pieces(), headers=FORM)
    assert (answer.status_code, answer.json()["size_bytes"]) == (202, len(clip))


async def test_fields_after_the_file_count_as_those_before_it(user: Any, clip: bytes) -> None:
    options = b'{"max_frames": 3}'
    body = form(
        part('name="external_id"', b"e-2"),
        file(clip, "file"),
        part('name="options"', options),
        part('name="tags"', b"z"),
    )
    video = (await user.http.post("/videos", content=body, headers=FORM)).json()
    assert (video["external_id"], video["options"]["max_frames"], video["tags"]) == ("e-2", 3, ["z"])


async def test_the_preset_of_the_old_monolith_is_an_option(user: Any, clip: bytes) -> None:
    video = (await user.upload(clip, options='"legacy"')).json()
    assert video["options"]["sampling"] == {"rule": "ffmpeg_fps", "fps": 1}


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "not a video")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "empty_file"),
        (b"This is a text and no video at all. " * 100, 415, "unsupported_container"),
        (_zip(), 415, "unsupported_container"),
    ],
    ids=["empty", "text", "zip"],
)
async def test_a_file_that_is_no_video_is_refused(user: Any, data: bytes, status: int, code: str) -> None:
    answer = await user.upload(data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await user.http.get("/videos")).json()["items"] == []


@pytest.mark.parametrize(
    "options",
    [
        '{"colour": "red"}',
        '{"sampling": {"rule": "fps", "fps": 0}}',
        '{"sampling": {"rule": "fps", "fps": -1}}',
        '{"sampling": {"rule": "fps", "fps": NaN}}',
        '{"sampling": {"rule": "fps", "fps": 1e9}}',
        '{"sampling": {"rule": "fps", "fps": 1000000000}}',
        '{"sampling": {"rule": "fps", "fps": "1/0"}}',
        '{"sampling": {"rule": "magic"}}',
        "{",
        "[]",
        "[" * 100_000,
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
async def test_options_that_are_not_lawful_are_refused(anyone: Any, clip: bytes, options: str, place: str) -> None:
    said = part('name="options"', options.encode())
    body = form(said, file(clip)) if place == "before" else form(file(clip), said)
    answer = await anyone.http.post("/videos", content=body, headers=FORM)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_options")
    assert problem["errors"][0]["field"].startswith("options")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (form(), "no_file"),
        (form(part('name="options"', b"{}")), "no_file"),
        (form(part('name="video"', b"clip.mp4")), "no_file"),
        (form(file(b"x"), file(b"y")), "second_file"),
        (form(file(b"x"), part('name="colour"', b"red")), "unknown_field"),
        (form(part('name="colour"', b"red"), file(b"x")), "unknown_field"),
        (form(part('name="options"', b"{}"), part('name="options"', b"{}"), file(b"x")), "duplicate_field"),
        (form(part('name="external_id"', b"\xff"), file(b"x")), "not_text"),
        (form(part('name="external_id"', b"x" * 5000), file(b"x")), "field_too_long"),
        (form(part('name="external_id"', b"x" * 500), file(b"x")), "invalid_external_id"),
        (form(part('name="metadata"', b"[1]"), file(b"x")), "invalid_metadata"),
        (form(part('name="metadata"', b'{"a": "' + b"x" * 4096 + b'"}'), file(b"x")), "invalid_metadata"),
        (form(part('name="tags"', b"x" * 65), file(b"x")), "invalid_tags"),
        (file(b"\0\0\0\x18ftypisom" * 1000), "malformed_multipart"),
        (b"no form at all", "malformed_multipart"),
        (b"", "malformed_multipart"),
    ],
)
async def test_a_form_that_is_not_as_it_should_be_is_refused(anyone: Any, body: bytes, code: str) -> None:
    answer = await anyone.http.post("/videos", content=body, headers=FORM)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("content_type", "status", "code"),
    [
        ("application/json", 415, "not_multipart"),
        ("video/mp4", 415, "not_multipart"),
        ("application/x-www-form-urlencoded", 415, "not_multipart"),
        ("multipart/form-data", 422, "malformed_multipart"),
    ],
)
async def test_another_content_type_is_refused(anyone: Any, content_type: str, status: int, code: str) -> None:
    answer = await anyone.http.post("/videos", content=b"{}", headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "filename",
    [
        "../../etc/passwd",
        "-i.mp4",
        "a\\b.mp4",
        "http://x.mp4",
        "'; --.mp4",
        "x" * 400 + ".mp4",
        "\N{RIGHT-TO-LEFT OVERRIDE}4pm.mp4",
    ],
)
async def test_a_treacherous_file_name_is_only_a_name(anyone: Any, clip: bytes, filename: str) -> None:
    answer = await anyone.upload(clip, filename)
    assert answer.status_code == 202
    assert len(answer.json()["filename"].encode()) <= 255
    assert "/" not in answer.json()["filename"]


async def test_without_a_token_nothing_is_taken(door: Any, clip: bytes) -> None:
    async with door.client() as client:
        answer = await client.post("/videos", files={"video": ("clip.mp4", clip)})
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_token")


@pytest.mark.parametrize("token", ["x", "a.b.c", "0b8f7c1e-5d3a-4f6e-9a59-2f4f0c6d7e81"])
async def test_a_wrong_token_is_refused(door: Any, clip: bytes, token: str) -> None:
    async with door.client(token) as client:
        answer = await client.post("/videos", files={"video": ("clip.mp4", clip)})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
