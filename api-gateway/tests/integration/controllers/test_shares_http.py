"""Links to videos: what they show, to whom, and when they end."""

import asyncio
import io
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from api_gateway.settings import RateSettings
from dirty_equals import IsStr
from fiapx_testing.waiting import PATIENCE_S, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILM: Final = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
TWICE: Final = '{"sampling": {"rule": "fps", "fps": 2}}'
KEY: Final = "8e03978e-40d5-43e8-bc93-6894a57f9324"
BELOW: Final = (
    "",
    "/frames.zip",
    "/frames.zip?frames=1",
    "/frames",
    "/frames/1",
    "/frames/1?width=160",
    "/manifest.json",
    "/manifest.csv",
    "/contact-sheet.jpg",
    "/sprite.vtt",
    "/sprites/1.jpg",
)
"""Whatever a link opens."""
PRIVATE: Final = ("external_id", "metadata", "tags", "options", "user_id", "note", "sha256", "id", "size_bytes")
"""Of a video, and nobody's business but its owner's."""


async def make(user: Any, video: dict[str, Any], **wish: Any) -> dict[str, Any]:
    """A share of a video."""
    answer = await user.http.post(f"/videos/{video['id']}/shares", json=wish)
    made: dict[str, Any] = answer.raise_for_status().json()
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(anyone: Any, video: dict[str, Any]) -> dict[str, Any]:
    """A share of the completed video; nobody revokes it."""
    return await make(anyone, video, note="for Bia")


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def is_gone(door: Any, token: str) -> bool:
    """Whether the link opens nothing any more."""
    async with door.client() as stranger:
        answer = await stranger.get(f"/shares/{token}")
    return bool(answer.status_code == 404 and answer.json()["code"] == "share_not_found")


async def test_a_share_is_shown_with_its_token_once(anyone: Any, video: dict[str, Any], door: Any) -> None:
    made = await make(anyone, video, note="for Bia")
    token, url = made.pop("token"), made.pop("url")
    assert made | {"last_used_at": None} == {
        "id": IsStr,
        "video_id": video["id"],
        "note": "for Bia",
        "created_at": IsStr,
        "expires_at": video["expires_at"],
        "last_used_at": None,
    }
    assert url == f"http://{door.address}/api/v1/shares/{token}"
    listed = await anyone.http.get(f"/videos/{video['id']}/shares")
    assert made in listed.json()["items"]
    assert token not in listed.text


async def test_without_a_body_a_share_is_as_is_usual(anyone: Any, video: dict[str, Any]) -> None:
    answer = await anyone.http.post(f"/videos/{video['id']}/shares")
    assert (answer.status_code, answer.json()["note"]) == (201, None)


async def test_a_stranger_sees_the_video_and_nothing_of_its_owner(
    video: dict[str, Any], shared: dict[str, Any], door: Any
) -> None:
    own = f"/api/v1/shares/{shared['token']}"
    async with door.client() as stranger:
        told = (await stranger.get(f"/shares/{shared['token']}")).raise_for_status().json()
    shown = ("filename", "status", "progress", "media", "frame_count", "frames_ready", "archive_bytes")
    assert told == {name: video[name] for name in shown} | {
        "expires_at": shared["expires_at"],
        "links": {
            "self": own,
            "frames_zip": f"{own}/frames.zip",
            "frames": f"{own}/frames",
            "manifest": f"{own}/manifest.json",
            "contact_sheet": f"{own}/contact-sheet.jpg",
            "sprite_vtt": f"{own}/sprite.vtt",
        },
    }
    assert told.keys() & set(PRIVATE) == set()


@pytest.mark.parametrize("path", BELOW[2:])
async def test_what_is_below_a_link_is_what_the_owner_gets(
    *, anyone: Any, video: dict[str, Any], shared: dict[str, Any], door: Any, path: str
) -> None:
    own = await anyone.http.get(f"/videos/{video['id']}{path}")
    async with door.client() as stranger:
        theirs = await stranger.get(f"/shares/{shared['token']}{path}")
    assert theirs.status_code == own.status_code == 200
    assert theirs.headers["Content-Type"] == own.headers["Content-Type"]
    if "frames.zip" in path:
        assert names_in(theirs.content) == names_in(own.content)
    else:
        assert theirs.content == own.content


async def test_the_archive_is_a_redirect_to_where_it_lies(shared: dict[str, Any], door: Any) -> None:
    async with door.client() as stranger:
        answer = await stranger.get(f"/shares/{shared['token']}/frames.zip")
    assert answer.status_code == 307
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as anybody:
        archive = (await anybody.get(answer.headers["Location"])).raise_for_status()
    assert "manifest.json" in names_in(archive.content)


async def test_what_the_owner_said_for_themselves_is_in_nothing_that_a_stranger_gets(
    anyone: Any, clip: bytes, door: Any
) -> None:
    private = {"external_id": "customer 4711", "metadata": '{"price": "9.99"}', "tags": "confidential"}
    video_id = (await anyone.upload(clip, **private, options=TWICE)).json()["id"]

    async def is_completed() -> bool:
        return bool((await anyone.http.get(f"/videos/{video_id}")).json()["status"] == "completed")

    await until(is_completed)
    token = (await make(anyone, {"id": video_id}))["token"]
    async with door.client() as stranger:
        got = {path: await stranger.get(f"/shares/{token}{path}") for path in ("", *BELOW[1:])}
    assert {path: answer.status_code for path, answer in got.items() if answer.status_code != 200} == {}
    zipped = got["/frames.zip"].content
    told = [answer.content for answer in got.values()] + [read(zipped, name) for name in names_in(zipped)]
    assert [word for word in (b"4711", b"9.99", b"confidential") if any(word in one for one in told)] == []
    assert got["/frames.zip"].headers["Content-Disposition"] == 'attachment; filename="clip-frames.zip"'
    own = await anyone.http.get(f"/videos/{video_id}/frames.zip", follow_redirects=True)
    assert names_in(zipped) == names_in(own.content)
    assert b"4711" in read(own.content, "manifest.json")
    theirs = [json.loads(text)["frames"] for text in (read(zipped, "manifest.json"), got["/manifest.json"].content)]
    assert theirs == [json.loads(read(own.content, "manifest.json"))["frames"]] * 2


async def test_pages_of_frames_lead_on_below_the_link(shared: dict[str, Any], door: Any) -> None:
    token = shared["token"]
    async with door.client() as stranger:
        page = await stranger.get(f"/shares/{token}/frames", params={"limit": 3})
    assert page.links["next"]["url"].startswith(f"/api/v1/shares/{token}/frames?limit=3&cursor=")


@pytest.mark.parametrize("path", BELOW)
async def test_a_link_that_is_not_good_is_the_same_refusal_everywhere(door: Any, path: str) -> None:
    async with door.client() as stranger:
        answer = await stranger.get(f"/shares/fs_{'x' * 43}{path}")
        odd = await stranger.get(f"/shares/%00{path}")
    assert (code(answer), code(odd)) == ((404, "share_not_found"), (404, "share_not_found"))


async def test_whatever_is_wrong_with_a_link_it_costs_the_same_to_find_out(
    user: Any, door: Any, statements: Counter[str]
) -> None:
    video, deleted = [(await user.upload(FILM)).json() for _ in range(2)]
    revoked, expired = await make(user, video), await make(user, video, expires_in_s=1)
    tokens = ["fs_of_nobody", revoked["token"], expired["token"], (await make(user, deleted))["token"]]
    await user.http.delete(f"/videos/{video['id']}/shares/{revoked['id']}")
    await user.http.delete(f"/videos/{deleted['id']}")
    await asyncio.sleep(1.1)
    async with door.client() as stranger:
        answers = [await stranger.get(f"/shares/{token}") for token in tokens]
    assert [code(answer) for answer in answers] == [(404, "share_not_found")] * 4
    costs = {statements[answer.headers["X-Trace-Id"]] for answer in answers}
    assert len(costs) == 1
    assert costs != {0}


@pytest.mark.parametrize("path", BELOW)
async def test_nobody_may_keep_what_a_link_shows_or_list_its_address(
    shared: dict[str, Any], door: Any, path: str
) -> None:
    async with door.client() as stranger:
        for token in (shared["token"], "fs_of_nobody"):
            headers = (await stranger.get(f"/shares/{token}{path}")).headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Robots-Tag"] == "noindex"


async def test_a_link_only_reads(shared: dict[str, Any], video: dict[str, Any], door: Any) -> None:
    token = shared["token"]
    async with door.client() as stranger, door.client(token) as bearer:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await stranger.request(method, f"/shares/{token}")).status_code == 405
        assert (await bearer.get(f"/videos/{video['id']}")).status_code == 401


async def test_a_revoked_link_is_good_for_nothing_a_moment_later(user: Any, door: Any) -> None:
    video = (await user.upload(FILM)).json()
    made = await make(user, video)
    assert not await is_gone(door, made["token"])
    assert (await user.http.delete(f"/videos/{video['id']}/shares/{made['id']}")).status_code == 204
    await until(lambda: is_gone(door, made["token"]))
    again = await user.http.delete(f"/videos/{video['id']}/shares/{made['id']}")
    assert code(again) == (404, "share_not_found")


async def test_a_link_to_a_video_that_was_just_deleted_is_as_one_that_nobody_made(user: Any, door: Any) -> None:
    video = (await user.upload(FILM)).json()
    made = await make(user, video)
    assert not await is_gone(door, made["token"])
    assert (await user.http.delete(f"/videos/{video['id']}")).status_code == 204
    assert await is_gone(door, made["token"])


async def test_a_link_ends_with_the_account(user: Any, door: Any) -> None:
    made = await make(user, (await user.upload(FILM)).json())
    assert not await is_gone(door, made["token"])
    password = {"password": "correct horse battery staple"}
    assert (await user.http.request("DELETE", "/me", json=password)).status_code == 204
    await until(lambda: is_gone(door, made["token"]))


async def test_a_link_ends_when_its_time_is_over(user: Any, door: Any) -> None:
    video = (await user.upload(FILM)).json()
    made = await make(user, video, expires_in_s=1)
    await until(lambda: is_gone(door, made["token"]))
    assert datetime.fromisoformat(made["expires_at"]) <= datetime.now(UTC)


async def test_a_video_in_work_shows_how_far_it_is_and_gives_what_is_made(
    anyone: Any, processing_video: dict[str, Any], door: Any
) -> None:
    token = (await make(anyone, processing_video))["token"]
    async with door.client() as stranger:
        told = (await stranger.get(f"/shares/{token}")).json()
        listed = (await stranger.get(f"/shares/{token}/frames")).json()
        archive = await stranger.get(f"/shares/{token}/frames.zip")
    assert (told["status"], told["progress"], told["links"].keys()) == ("processing", 0.5, {"self"})
    assert [row["index"] for row in listed["items"]] == [1, 2]
    assert code(archive) == (409, "not_ready")


async def test_of_frames_that_are_gone_there_is_no_share(anyone: Any, expired: dict[str, Any]) -> None:
    assert code(await anyone.http.post(f"/videos/{expired['id']}/shares", json={})) == (410, "expired")


async def test_somebody_elses_video_and_shares_are_not_there(user: Any, other_user: Any) -> None:
    video = (await user.upload(FILM)).json()
    made = await make(user, video)
    shares = f"/videos/{video['id']}/shares"
    assert code(await other_user.http.post(shares, json={})) == (404, "video_not_found")
    assert code(await other_user.http.get(shares)) == (404, "video_not_found")
    assert code(await other_user.http.delete(f"{shares}/{made['id']}")) == (404, "share_not_found")
    assert code(await user.http.delete(f"{shares}/{uuid4()}")) == (404, "share_not_found")
    assert [one["id"] for one in (await user.http.get(shares)).json()["items"]] == [made["id"]]


@pytest.mark.parametrize(
    ("scope", "method", "status"),
    [("videos:read", "GET", 200), ("videos:read", "POST", 403), ("videos:write", "POST", 201)],
)
async def test_keys_share_as_their_scopes_say(door: Any, user: Any, scope: str, method: str, status: int) -> None:
    video = (await user.upload(FILM)).json()
    key = (await user.http.post("/api-keys", json={"name": "ci", "scopes": [scope]})).json()
    async with door.client(key["key"]) as program:
        answer = await program.request(method, f"/videos/{video['id']}/shares")
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2031-01-01T00:00:00"}, "expires_at"),
        ({"expires_in_s": 0}, "expires_in_s"),
        ({"expires_in_s": 60 * 86400}, "expires_in_s"),
        ({"expires_in_s": 60, "expires_at": "2099-01-01T00:00:00Z"}, "expires_in_s"),
        ({"note": "x" * 201}, "note"),
        ({"password": "x"}, "password"),
    ],
)
async def test_a_share_that_there_cannot_be_names_its_field(
    anyone: Any, video: dict[str, Any], wrong: dict[str, Any], field: str
) -> None:
    answer = await anyone.http.post(f"/videos/{video['id']}/shares", json=wrong)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_sent_again_under_its_key_it_is_the_same_share(user: Any, door: Any) -> None:
    video = (await user.upload(FILM)).json()
    ask: dict[str, Any] = {
        "url": f"/videos/{video['id']}/shares",
        "json": {"note": "x"},
        "headers": {"Idempotency-Key": KEY},
    }
    first, again = [(await user.http.post(**ask)).json() for _ in range(2)]
    assert (again["id"], again["expires_at"]) == (first["id"], first["expires_at"])
    await until(lambda: is_gone(door, first["token"]))
    assert not await is_gone(door, again["token"])
    other = await user.http.post(**ask | {"json": {"note": "y"}})
    assert code(other) == (422, "idempotency_key_reused")


async def test_links_are_counted_by_address_whoever_asks(open_door: Any, whole: Any) -> None:
    limits = {"rates": RateSettings(api_per_minute=1000, auth_per_minute=1000, shares_per_minute=2)}
    door = await open_door(whole.model_copy(update=limits))
    user = await door.new_user()
    async with user.http, door.client() as stranger:
        assert (await stranger.get("/shares/x")).status_code == 404
        assert (await user.http.get("/shares/y")).status_code == 404
        refused = await stranger.get("/shares/z")
        assert (await user.http.get("/videos")).status_code == 200
    assert code(refused) == (429, "rate_limited")
    assert refused.headers["RateLimit-Policy"] == '"shares";q=2;w=60'


async def test_an_export_tells_of_links_without_their_tokens(user: Any) -> None:
    video = (await user.upload(FILM)).json()
    made = await make(user, video, note="for Bia", expires_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    token, _ = made.pop("token"), made.pop("url")
    export = (await user.http.get("/me/export")).json()
    assert export["shares"] == [made]
    assert token not in json.dumps(export)


def read(archive: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as entries:
        return entries.read(name)


def names_in(archive: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as entries:
        return entries.namelist()
