"""Contact sheets and sprites over HTTP."""

import asyncio
import hashlib
import re
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from api_gateway.controllers.session_cookies import ACCESS_COOKIE
from fiapx_testing.frame_counter import read_counter

pytestmark = pytest.mark.asyncio(loop_scope="session")

FRAMES_AT_2_FPS = [0, 15, 30, 45]
PATHS = ["contact-sheet.jpg", "sprite.vtt", "sprites/1.jpg"]
CUE = re.compile(r"(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)")


@pytest.fixture
def ask(anyone: Any, video: dict[str, Any]) -> Any:
    """Asks for something of the video."""

    async def get(path: str, method: str = "GET", **how: Any) -> httpx.Response:
        answer: httpx.Response = await anyone.http.request(method, f"/videos/{video['id']}/{path}", **how)
        return answer

    return get


async def cut_out(jpeg: bytes, x: str, y: str, width: str, height: str) -> bytes:
    """A part of the picture, enlarged to the clip's width, so that its counter can be read."""
    command = ["ffmpeg", "-v", "error", "-f", "jpeg_pipe", "-i", "pipe:0", "-vf"]
    command += [f"crop={width}:{height}:{x}:{y},scale=320:-2:flags=neighbor", "-c:v", "png", "-f", "image2pipe"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, "pipe:1", stdin=pipe, stdout=pipe)
    data, _ = await process.communicate(jpeg)
    assert process.returncode == 0
    return data


async def test_a_completed_video_links_to_its_overviews(ask: Any, anyone: Any, video: dict[str, Any]) -> None:
    links = (await anyone.http.get(f"/videos/{video['id']}")).json()["links"]
    kinds = {
        name: (await anyone.http.get(links[name].removeprefix("/api/v1"))).headers["Content-Type"]
        for name in ("contact_sheet", "sprite_vtt")
    }
    assert kinds == {"contact_sheet": "image/jpeg", "sprite_vtt": "text/vtt; charset=utf-8"}


async def test_a_contact_sheet_is_a_jpeg_to_look_at_or_to_save(ask: Any) -> None:
    answer = await ask("contact-sheet.jpg")
    assert (answer.status_code, answer.content[:3]) == (200, b"\xff\xd8\xff")
    assert answer.headers["Content-Disposition"] == 'inline; filename="clip-contact-sheet.jpg"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    known = await ask("contact-sheet.jpg", headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = await ask("contact-sheet.jpg", method="HEAD")
    assert (head.status_code, head.headers["Content-Length"]) == (200, answer.headers["Content-Length"])


async def test_its_columns_rows_and_size_can_be_chosen(ask: Any) -> None:
    large, small = [await ask("contact-sheet.jpg", params={"columns": 2, "rows": 1, "width": w}) for w in (320, 160)]
    first = await cut_out(large.content, "4", "4", "320", "180")
    assert read_counter(first) == FRAMES_AT_2_FPS[1]
    assert len(small.content) < len(large.content)


@pytest.mark.parametrize(
    ("name", "value"), [("columns", "0"), ("columns", "9"), ("rows", "x"), ("rows", "-1"), ("width", "640")]
)
async def test_a_sheet_that_is_not_offered_is_refused(ask: Any, name: str, value: str) -> None:
    answer = await ask("contact-sheet.jpg", params={name: value})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [name])


async def test_a_player_finds_the_frame_of_each_time_by_the_cues_addresses(
    door: Any, anyone: Any, video: dict[str, Any]
) -> None:
    place = f"http://{door.address}/api/v1/videos/{video['id']}/sprite.vtt"
    async with httpx.AsyncClient(trust_env=False, cookies={ACCESS_COOKIE: anyone.tokens["access_token"]}) as player:
        text = (await player.get(place)).raise_for_status().text
        cues = CUE.findall(text)
        sprites = {cue[2]: (await player.get(urljoin(place, cue[2]))).raise_for_status() for cue in cues}
    assert text.startswith("WEBVTT\n\n")
    assert [cue[:2] for cue in cues] == [
        ("00:00:00.000", "00:00:00.500"),
        ("00:00:00.500", "00:00:01.000"),
        ("00:00:01.000", "00:00:01.500"),
        ("00:00:01.500", "00:00:02.000"),
    ]
    shown = [read_counter(await cut_out(sprites[cue[2]].content, *cue[3:])) for cue in cues]
    assert shown == FRAMES_AT_2_FPS


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "9" * 50, "%D9%A1"])
async def test_a_sprite_that_there_is_not_is_not_found(ask: Any, number: str) -> None:
    answer = await ask(f"sprites/{number}.jpg")
    assert (answer.status_code, answer.json()["code"]) == (404, "sprite_not_found")


@pytest.mark.parametrize("path", PATHS)
async def test_overviews_that_are_no_longer_kept_are_gone(anyone: Any, expired: dict[str, Any], path: str) -> None:
    answer = await anyone.http.get(f"/videos/{expired['id']}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (410, "expired")


@pytest.mark.parametrize("path", PATHS)
async def test_overviews_of_a_video_without_a_result_are_not_ready(
    anyone: Any, failed: dict[str, Any], path: str
) -> None:
    answer = await anyone.http.get(f"/videos/{failed['id']}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


@pytest.mark.parametrize("path", PATHS)
async def test_overviews_of_somebody_elses_video_are_not_there(
    other_user: Any, video: dict[str, Any], path: str
) -> None:
    answer = await other_user.http.get(f"/videos/{video['id']}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "video_not_found")
