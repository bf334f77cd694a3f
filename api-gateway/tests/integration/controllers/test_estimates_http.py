"""Estimates over HTTP."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

FACTS = {"duration_s": 60, "width": 1920, "height": 1080, "fps": 25}
AT_2_FPS = {"sampling": {"rule": "fps", "fps": 2}}


@pytest.fixture
def ask(anyone: Any) -> Any:
    """Asks for an estimate."""

    async def post(**body: Any) -> httpx.Response:
        answer: httpx.Response = await anyone.http.post("/estimates", json=body)
        return answer

    return post


async def test_facts_of_a_video_are_enough_for_an_estimate(ask: Any) -> None:
    answer = await ask(media=FACTS, options={**AT_2_FPS, "format": "jpeg", "width": 640})
    told = answer.json()
    assert (answer.status_code, told["frames"], told["frames_exact"]) == (200, 120, False)
    assert (told["width"], told["height"], told["instants"], told["next_cursor"]) == (640, 360, None, None)
    assert told["bytes"] > 0
    assert told["seconds"] > 0


async def test_what_a_video_tells_of_itself_can_be_given_back(ask: Any, video: dict[str, Any]) -> None:
    told = (await ask(media=video["media"], options=AT_2_FPS)).json()
    assert told["frames"] == video["frame_count"]


async def test_a_videos_instants_come_in_pages_and_are_those_of_its_manifest(
    ask: Any, anyone: Any, video: dict[str, Any]
) -> None:
    asked = {"video_id": video["id"], "options": AT_2_FPS, "dry_run": True, "limit": 3}
    first = (await ask(**asked)).json()
    second = (await ask(**asked, cursor=first["next_cursor"])).json()
    manifest = (await anyone.http.get(f"/videos/{video['id']}/manifest.json")).json()
    planned = [{"index": frame["index"], "time_s": frame["time_s"]} for frame in manifest["frames"]]
    assert (first["instants"], second["instants"]) == (planned[:3], planned[3:])
    assert (first["frames"], first["frames_exact"], second["next_cursor"]) == (4, True, None)
    assert (first["bytes_measured"], first["seconds_measured"]) == (True, True)


async def test_without_a_dry_run_no_instants_are_told(ask: Any, video: dict[str, Any]) -> None:
    told = (await ask(video_id=video["id"])).json()
    assert (told["frames"], told["frames_exact"], told["instants"], told["next_cursor"]) == (2, True, None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"media": FACTS, "video_id": "0f8fad5b-d9cb-469f-a165-70867728950e"}, ""),
        ({"media": FACTS, "dry_run": True}, ""),
        ({"media": {**FACTS, "fps": 0}}, "media.fps"),
        ({"media": {**FACTS, "duration_s": 1e300}}, "media.duration_s"),
        ({"media": {**FACTS, "colour": "blue"}}, "media.colour"),
        ({"media": FACTS, "limit": 1001}, "limit"),
        ({"video_id": "x"}, "video_id"),
    ],
)
async def test_a_request_that_is_not_lawful_is_refused(ask: Any, body: dict[str, Any], field: str) -> None:
    answer = await ask(**body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("about", [{"media": FACTS}, {"video_id": None}])
async def test_options_are_judged_as_those_of_an_upload(
    ask: Any, anyone: Any, clip: bytes, video: dict[str, Any], about: dict[str, Any]
) -> None:
    wrong = {"sampling": {"rule": "fps", "fps": -1}, "format": "gif"}
    known = about if "media" in about else {"video_id": video["id"]}
    answer = await ask(**known, options=wrong)
    upload = await anyone.upload(clip, options='{"sampling": {"rule": "fps", "fps": -1}, "format": "gif"}')
    assert (answer.status_code, answer.json()["code"]) == (upload.status_code, upload.json()["code"])
    assert answer.json()["errors"] == upload.json()["errors"]


async def test_a_job_that_would_fail_is_refused_by_the_code_that_it_would_fail_with(
    ask: Any, video: dict[str, Any]
) -> None:
    answer = await ask(video_id=video["id"], options={"crop": {"x": 4000, "y": 0, "width": 10, "height": 10}})
    assert (answer.status_code, answer.json()["code"]) == (422, "crop_outside")


async def test_a_video_that_is_still_uploaded_is_not_ready(ask: Any, anyone: Any) -> None:
    upload = (await anyone.http.post("/uploads", json={"filename": "a.mp4", "size_bytes": 1000})).json()
    answer = await ask(video_id=upload["id"])
    await anyone.http.delete(f"/uploads/{upload['id']}")
    gone = await ask(video_id=upload["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
    assert (gone.status_code, gone.json()["code"]) == (410, "source_expired")


async def test_somebody_elses_video_is_not_there(other_user: Any, video: dict[str, Any]) -> None:
    answer = await other_user.http.post("/estimates", json={"video_id": video["id"], "dry_run": True})
    assert (answer.status_code, answer.json()["code"]) == (404, "video_not_found")
