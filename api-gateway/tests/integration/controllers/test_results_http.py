"""Results over HTTP: a real clip, extracted by the real services."""

import csv
import io
import json
import zipfile
from typing import Any

import httpx
import pytest
from dirty_equals import IsStr
from fiapx_testing.frame_counter import read_counter
from fiapx_testing.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

FRAMES_AT_2_FPS = [0, 15, 30, 45]
PATHS = ["frames.zip", "frames.zip?frames=1", "frames", "frames/1", "manifest.json", "manifest.csv"]


async def test_a_completed_video_links_to_its_results(video: dict[str, Any]) -> None:
    own = f"/api/v1/videos/{video['id']}"
    assert (video["status"], video["progress"], video["frame_count"]) == ("completed", 1.0, 4)
    assert video["frames_ready"] == 4
    assert video["links"] == {
        "self": own,
        "frames_zip": f"{own}/frames.zip",
        "frames": f"{own}/frames",
        "manifest": f"{own}/manifest.json",
        "contact_sheet": f"{own}/contact-sheet.jpg",
        "sprite_vtt": f"{own}/sprite.vtt",
        "reprocess": f"{own}/reprocess",
    }
    assert (video["media"]["width"], video["media"]["codec"]) == (320, "h264")


async def test_the_archive_is_a_redirect_to_where_it_lies(anyone: Any, video: dict[str, Any]) -> None:
    answer = await anyone.http.get(f"/videos/{video['id']}/frames.zip")
    assert answer.status_code == 307
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as anybody:
        archive = (await anybody.get(answer.headers["Location"])).raise_for_status()
        part = await anybody.get(answer.headers["Location"], headers={"Range": "bytes=0-3"})
    assert archive.headers["Content-Disposition"].startswith("attachment")
    assert (part.status_code, part.content) == (206, b"PK\x03\x04")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as frames:
        images = [frames.read(name) for name in frames.namelist() if name.endswith(".png")]
    assert [read_counter(image) for image in images] == FRAMES_AT_2_FPS


async def test_frames_are_listed_in_pages_as_in_the_manifest(anyone: Any, video: dict[str, Any]) -> None:
    manifest = await anyone.http.get(f"/videos/{video['id']}/manifest.json")
    assert (manifest.status_code, manifest.headers["content-type"]) == (200, "application/json")
    page = await anyone.http.get(f"/videos/{video['id']}/frames", params={"limit": 3})
    first = page.json()
    following = f"/api/v1/videos/{video['id']}/frames?limit=3&cursor={first['next_cursor']}"
    assert page.links["next"]["url"] == following
    second = (
        await anyone.http.get(f"/videos/{video['id']}/frames", params={"limit": 3, "cursor": first["next_cursor"]})
    ).json()
    rows = first["items"] + second["items"]
    assert second["next_cursor"] is None
    assert [row["source_frame"] for row in rows] == FRAMES_AT_2_FPS
    common = ("index", "name", "pts", "time_s", "keyframe", "width", "height", "bytes", "crc32", "sha256")
    told = [[row[name] for name in common] for row in manifest.json()["frames"]]
    assert [[row[name] for name in common] for row in rows] == told


async def test_frames_have_scores_where_they_are_asked_for(
    anyone: Any, video: dict[str, Any], scored: dict[str, Any]
) -> None:
    rows = (await anyone.http.get(f"/videos/{scored['id']}/frames")).json()["items"]
    manifest = (await anyone.http.get(f"/videos/{scored['id']}/manifest.json")).json()
    assert [row["scores"] for row in rows] == [frame["scores"] for frame in manifest["frames"]]
    assert [row["scores"]["freeze"] is None for row in rows] == [True, False, False, False]
    assert {len(row["scores"]["hash"]) for row in rows} == {16}
    plain = (await anyone.http.get(f"/videos/{video['id']}/frames")).json()["items"]
    assert {row["scores"] for row in plain} == {None}


@pytest.mark.parametrize("path", PATHS)
async def test_results_that_are_no_longer_kept_are_gone(anyone: Any, expired: dict[str, Any], path: str) -> None:
    answer = await anyone.http.get(f"/videos/{expired['id']}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (410, "expired")


async def test_a_video_whose_result_is_gone_does_not_link_to_it(anyone: Any, expired: dict[str, Any]) -> None:
    video = (await anyone.http.get(f"/videos/{expired['id']}")).json()
    assert (video["status"], video["links"].keys(), video["frames_ready"]) == ("completed", {"self", "reprocess"}, 0)


async def test_a_failed_video_tells_why_and_what_to_do(failed: dict[str, Any]) -> None:
    assert failed["status"] == "failed"
    assert failed["error"] == {"code": IsStr(min_length=1), "message": IsStr(min_length=1), "hint": IsStr(min_length=1)}
    assert failed["links"].keys() == {"self", "retry", "reprocess"}


@pytest.mark.parametrize("path", PATHS)
async def test_results_of_a_video_that_failed_are_not_ready(anyone: Any, failed: dict[str, Any], path: str) -> None:
    answer = await anyone.http.get(f"/videos/{failed['id']}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


async def test_frames_of_a_video_in_work_are_listed_and_its_archive_is_not_ready(
    anyone: Any, processing_video: dict[str, Any]
) -> None:
    own = f"/videos/{processing_video['id']}"
    video = (await anyone.http.get(own)).json()
    listed = (await anyone.http.get(f"{own}/frames")).json()
    assert (video["status"], video["progress"], video["frames_ready"], video["frame_count"]) == (
        "processing",
        0.5,
        1,
        None,
    )
    assert video["links"].keys() == {"self", "events", "cancel"}
    assert [row["index"] for row in listed["items"]] == [1, 2]
    for path in ("frames.zip", "frames.zip?frames=1", "manifest.json", "manifest.csv"):
        answer = await anyone.http.get(f"{own}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


async def test_a_video_that_has_ended_cannot_be_cancelled(anyone: Any, failed: dict[str, Any]) -> None:
    answer = await anyone.http.post(f"/videos/{failed['id']}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_cancellable")


async def test_a_frames_cursor_that_is_not_ours_is_refused(anyone: Any, video: dict[str, Any]) -> None:
    answer = await anyone.http.get(f"/videos/{video['id']}/frames", params={"cursor": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


async def test_some_frames_are_an_archive_of_just_those(anyone: Any, video: dict[str, Any]) -> None:
    answer = await anyone.http.get(f"/videos/{video['id']}/frames.zip", params={"frames": "2-3,9"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="clip-some-frames.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as frames:
        assert frames.testzip() is None
        images = [frames.read(name) for name in frames.namelist() if name.endswith(".png")]
        indexes = [frame["index"] for frame in json.loads(frames.read("manifest.json"))["frames"]]
    assert ([read_counter(image) for image in images], indexes) == (FRAMES_AT_2_FPS[1:3], [2, 3])


@pytest.mark.parametrize(("frames", "status", "code"), [("9", 404, "frame_not_found"), ("3-1", 422, "invalid_frames")])
async def test_frames_that_are_not_there_or_no_numbers_are_told(
    anyone: Any, video: dict[str, Any], frames: str, status: int, code: str
) -> None:
    answer = await anyone.http.get(f"/videos/{video['id']}/frames.zip", params={"frames": frames})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_manifest_as_csv_has_the_rows_of_the_archives_own(anyone: Any, video: dict[str, Any]) -> None:
    answer = await anyone.http.get(f"/videos/{video['id']}/manifest.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["index"]) for row in rows] == [1, 2, 3, 4]
    whole = await anyone.http.get(f"/videos/{video['id']}/frames.zip", follow_redirects=True)
    with zipfile.ZipFile(io.BytesIO(whole.content)) as frames:
        assert frames.read("frames.csv").decode() == answer.text
