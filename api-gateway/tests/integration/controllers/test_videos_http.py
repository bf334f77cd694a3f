"""`/videos` over HTTP: looking into and changing one's own videos."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="session")

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
"""Enough for upload-service, no video for a decoder."""

UNKNOWN_ID = "0b8f7c1e-5d3a-4f6e-9a59-2f4f0c6d7e81"


@pytest.fixture
def kept(user: Any) -> Any:
    """Uploads something and gives the video."""

    async def upload(filename: str = "clip.mp4", **fields: Any) -> dict[str, Any]:
        answer = await user.upload(MP4, filename, **fields)
        assert answer.status_code == 202
        video: dict[str, Any] = answer.json()
        return video

    return upload


async def test_videos_are_listed_newest_first_in_pages(user: Any, kept: Any) -> None:
    ids = [(await kept(f"{number}.mp4"))["id"] for number in range(3)]
    first = (await user.http.get("/videos", params={"limit": 2})).json()
    second = (await user.http.get("/videos", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [video["id"] for video in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


async def test_a_page_links_to_the_next_with_the_same_question(user: Any, kept: Any) -> None:
    ids = [(await kept(f"{number}.mp4", external_id="a b"))["id"] for number in range(3)]
    await kept("other.mp4", external_id="c")
    page = await user.http.get("/videos", params={"limit": 2, "external_id": "a b"})
    seen = page.json()["items"]
    while "next" in page.links:
        page = await user.http.get(page.links["next"]["url"].removeprefix("/api/v1"))
        seen += page.json()["items"]
    assert [video["id"] for video in seen] == ids[::-1]
    assert "Link" not in page.headers


@pytest.mark.parametrize(
    "wanted", [{"q": "beach"}, {"tag": "sun"}, {"external_id": "e-1"}], ids=["q", "tag", "external_id"]
)
async def test_videos_are_filtered(user: Any, kept: Any, wanted: dict[str, str]) -> None:
    found = await kept("beach.mp4", tags="sun", external_id="e-1")
    await kept("city.mp4")
    answer = await user.http.get("/videos", params=wanted)
    assert [video["id"] for video in answer.json()["items"]] == [found["id"]]


async def test_videos_are_filtered_by_status(user: Any, kept: Any) -> None:
    await kept()
    assert (await user.http.get("/videos", params={"status": "completed"})).json()["items"] == []


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"status": "lost"},
        {"colour": "red"},
        {"cursor": "not-one-of-ours"},
        {"q": "\0"},
        {"q": "x" * 2000},
    ],
)
async def test_a_parameter_that_is_not_lawful_is_refused(anyone: Any, params: dict[str, str]) -> None:
    answer = await anyone.http.get("/videos", params=params)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == list(params)


async def test_a_video_is_told(user: Any, kept: Any) -> None:
    video = await kept()
    answer = await user.http.get(f"/videos/{video['id']}")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["filename"]) == (video["id"], "clip.mp4")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def somebodys(door: Any) -> AsyncIterator[str]:
    """The id of another user's video, which is still there in the end."""
    owner = await door.new_user()
    video = (await owner.upload(MP4)).json()["id"]
    yield video
    assert (await owner.http.get(f"/videos/{video}")).status_code == 200
    await owner.http.aclose()


CALLS = [
    ("GET", ""),
    ("DELETE", ""),
    ("POST", "/cancel"),
    ("POST", "/retry"),
    ("POST", "/reprocess"),
    ("GET", "/frames.zip"),
    ("GET", "/frames"),
    ("GET", "/manifest.json"),
    ("GET", "/manifest.csv"),
    ("GET", "/frames.zip?frames=1"),
    ("GET", "/frames/1"),
    ("GET", "/events"),
]

BODIES = {"/reprocess": {"options": None}}


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_another_users_video_is_not_there(anyone: Any, somebodys: str, method: str, path: str) -> None:
    answer = await anyone.http.request(method, f"/videos/{somebodys}{path}", json=BODIES.get(path))
    assert (answer.status_code, answer.json()["code"]) == (404, "video_not_found")


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("video_id", [UNKNOWN_ID, "not-a-uuid", f"{{{UNKNOWN_ID}}}", "%00"])
async def test_an_unknown_id_is_not_there(anyone: Any, method: str, path: str, video_id: str) -> None:
    answer = await anyone.http.request(method, f"/videos/{video_id}{path}", json=BODIES.get(path))
    assert (answer.status_code, answer.json()["code"]) == (404, "video_not_found")


async def test_a_cancelled_video_may_be_tried_again(user: Any, kept: Any) -> None:
    video = await kept()
    cancelled = await user.http.post(f"/videos/{video['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["links"].keys() == {"self", "retry", "reprocess"}
    again = await user.http.post(f"/videos/{video['id']}/retry")
    assert (again.status_code, again.json()["status"], again.json()["attempts"]) == (200, "queued", 2)


async def test_a_video_that_has_ended_is_reprocessed_with_other_options(user: Any, kept: Any) -> None:
    video = await kept()
    await user.http.post(f"/videos/{video['id']}/cancel")
    wanted = {"options": {"sampling": {"rule": "interval", "seconds": "1/3"}}}
    answer = await user.http.post(f"/videos/{video['id']}/reprocess", json=wanted)
    again = answer.json()
    assert (answer.status_code, again["status"], again["attempts"]) == (200, "queued", 2)
    assert again["options"]["sampling"] == {"rule": "interval", "seconds": "1/3"}
    assert (again["id"], again["created_at"], again["filename"]) == (video["id"], video["created_at"], "clip.mp4")


async def test_a_video_in_work_is_not_reprocessed(anyone: Any, processing_video: dict[str, Any]) -> None:
    answer = await anyone.http.post(f"/videos/{processing_video['id']}/reprocess", json={"options": None})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_reprocessable")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_request", "options"),
        ({"options": None, "tags": []}, "invalid_request", "tags"),
        ({"options": {"sampling": {"rule": "fps", "fps": 0}}}, "invalid_options", "options.sampling.fps"),
    ],
)
async def test_a_wish_that_is_not_lawful_is_refused_by_its_field(
    user: Any, kept: Any, body: dict[str, Any], code: str, field: str
) -> None:
    video = await kept()
    answer = await user.http.post(f"/videos/{video['id']}/reprocess", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"], [wrong["field"] for wrong in problem["errors"]]) == (
        422,
        code,
        [field],
    )


async def test_options_with_ten_thousand_instants_may_be_reprocessed(user: Any, kept: Any) -> None:
    video = await kept()
    await user.http.post(f"/videos/{video['id']}/cancel")
    wanted = {"options": {"sampling": {"rule": "timestamps", "seconds": [f"0.{n:05}" for n in range(10_000)]}}}
    answer = await user.http.post(f"/videos/{video['id']}/reprocess", json=wanted)
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")


async def test_under_one_key_a_video_is_reprocessed_once(user: Any, kept: Any) -> None:
    video = await kept()
    await user.http.post(f"/videos/{video['id']}/cancel")
    own, key = f"/videos/{video['id']}", {"Idempotency-Key": "once"}
    first = await user.http.post(f"{own}/reprocess", json={"options": "legacy"}, headers=key)
    await user.http.post(f"{own}/cancel")
    again = await user.http.post(f"{own}/reprocess", json={"options": "legacy"}, headers=key)
    other = await user.http.post(f"{own}/reprocess", json={"options": None}, headers=key)
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await user.http.get(own)).json()["attempts"] == 2


async def test_a_deleted_video_is_gone(user: Any, kept: Any) -> None:
    video = await kept()
    assert (await user.http.delete(f"/videos/{video['id']}")).status_code == 204
    assert (await user.http.get(f"/videos/{video['id']}")).status_code == 404
