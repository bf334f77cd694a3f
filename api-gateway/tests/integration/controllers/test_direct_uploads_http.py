"""`/uploads` over HTTP: a real client that sends its parts to the real store by itself."""

from typing import Any

import httpx
import pytest
from dirty_equals import IsDatetime, IsPartialDict, IsStr
from fiapx_testing.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILE = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(9_000_000)
"""Two parts; enough for upload-service, no video for a decoder."""

CALLS = [
    ("GET", "", None),
    ("DELETE", "", None),
    ("POST", "/parts", {"part_numbers": [1]}),
    ("POST", "/complete", None),
]


async def begun(user: Any, **told: Any) -> dict[str, Any]:
    """A new upload of the file."""
    wanted = {"filename": "clip.mp4", "size_bytes": len(FILE)} | told
    answer = await user.http.post("/uploads", json=wanted)
    assert answer.status_code == 201, answer.text
    upload: dict[str, Any] = answer.json()
    return upload


async def sent(user: Any, upload: dict[str, Any], *numbers: int) -> list[dict[str, Any]]:
    """Puts these parts into the store; what may be told at the end."""
    answer = await user.http.post(f"/uploads/{upload['id']}/parts", json={"part_numbers": numbers})
    assert [part["part_number"] for part in answer.json()["parts"]] == list(numbers)
    size, parts = upload["part_size_bytes"], []
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as anybody:
        for part in answer.json()["parts"]:
            number = part["part_number"]
            stored = await anybody.put(part["url"], content=FILE[(number - 1) * size : number * size])
            parts.append({"part_number": number, "etag": stored.raise_for_status().headers["ETag"]})
    return parts


async def test_a_file_sent_in_parts_becomes_a_video_like_any_other(user: Any) -> None:
    said = {"options": {"sampling": {"rule": "fps", "fps": 0.3}}, "metadata": {"a": 1}, "tags": ["x,y"]}
    upload = await begun(user, **said)
    assert upload == {
        "id": IsStr,
        "part_size_bytes": 8 * 1024**2,
        "part_count": 2,
        "expires_at": IsDatetime(iso_string=True),
    }
    parts = await sent(user, upload, 1, 2)
    answer = await user.http.post(f"/uploads/{upload['id']}/complete", json={"parts": parts})
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/v1/videos/{upload['id']}")
    video = answer.json()
    assert (video["id"], video["status"], video["size_bytes"]) == (upload["id"], "queued", len(FILE))
    assert (video["metadata"], video["tags"], video["options"]["sampling"]["fps"]) == ({"a": 1}, ["x,y"], 0.3)
    again = await user.http.post(f"/uploads/{upload['id']}/complete")
    assert (again.status_code, again.json()["id"]) == (202, upload["id"])
    more = await user.http.post(f"/uploads/{upload['id']}/parts", json={"part_numbers": [1]})
    assert (more.status_code, more.json()["code"]) == (409, "upload_completed")


async def test_an_upload_tells_what_the_store_has_so_that_it_can_go_on(user: Any) -> None:
    upload = await begun(user)
    (part,) = await sent(user, upload, 2)
    state = (await user.http.get(f"/uploads/{upload['id']}")).json()
    stored = {"part_number": 2, "etag": part["etag"].strip('"'), "size_bytes": len(FILE) - upload["part_size_bytes"]}
    assert state == upload | {"parts": [stored]}
    early = await user.http.post(f"/uploads/{upload['id']}/complete")
    assert (early.status_code, early.json()["code"]) == (409, "upload_incomplete")
    video = (await user.http.get(f"/videos/{upload['id']}")).json()
    assert (video["status"], video["links"].keys()) == ("uploading", {"self", "cancel", "events"})


async def test_an_upload_that_is_given_up_is_a_cancelled_video(user: Any) -> None:
    upload = await begun(user)
    assert (await user.http.delete(f"/uploads/{upload['id']}")).status_code == 204
    assert (await user.http.get(f"/videos/{upload['id']}")).json()["status"] == "cancelled"
    later = await user.http.get(f"/uploads/{upload['id']}")
    assert (later.status_code, later.json()["code"]) == (409, "upload_ended")


async def test_another_users_upload_is_not_there(user: Any, anyone: Any) -> None:
    upload = await begun(user)
    for method, path, body in CALLS:
        answer = await anyone.http.request(method, f"/uploads/{upload['id']}{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "video_not_found")
    assert (await user.http.get(f"/uploads/{upload['id']}")).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"size_bytes": 0}, 422, "size_bytes"),
        ({"size_bytes": 21 * 1024**3}, 413, None),
        ({"sha256": "ab"}, 422, "sha256"),
        ({"options": {"sampling": {"rule": "fps", "fps": 0}}}, 422, "options.sampling.fps"),
        ({"metadata": [1]}, 422, "metadata"),
    ],
)
async def test_what_no_upload_can_be_is_refused(anyone: Any, change: Any, status: int, told: str | None) -> None:
    answer = await anyone.http.post("/uploads", json={"filename": "a.mp4", "size_bytes": 5} | change)
    assert answer.status_code == status
    assert told is None or IsPartialDict(field=told) in answer.json()["errors"], answer.json()
