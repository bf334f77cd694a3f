"""Webhooks over REST."""

from typing import Any
from uuid import uuid4

import pytest
from dirty_equals import IsStr, IsUUID

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "https://receiver.example/hook"
EVENTS = ["video.processed.v1", "video.failed.v1", "video.cancelled.v1"]


async def make(user: Any, url: str = URL, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await user.http.post("/webhooks", json={"url": url} | more)).raise_for_status().json()
    return made


async def test_a_secret_is_told_when_the_webhook_is_made_and_never_again(user: Any) -> None:
    answer = await user.http.post("/webhooks", json={"url": URL, "description": "nightly build"})

    assert answer.status_code == 201
    made = answer.json()
    secret = made.pop("secret")
    assert secret == IsStr(regex=r"whsec_[A-Za-z0-9+/]{43}=")
    assert made == {
        "id": IsUUID(4),
        "url": URL,
        "events": EVENTS,
        "description": "nightly build",
        "created_at": IsStr,
        "disabled_at": None,
    }
    assert answer.headers["Location"] == f"/api/v1/webhooks/{made['id']}"
    assert (await user.http.get(f"/webhooks/{made['id']}")).json() == made
    listed = await user.http.get("/webhooks")
    assert listed.json() == {"items": [made], "next_cursor": None}
    assert secret not in (await user.http.get("/me/export")).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://example.com"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://user:secret@example.com/"}, "url"),
        ({"url": "https://example.com:22/"}, "url"),
        ({"url": "x" * 2001}, "url"),
        ({"url": None}, "url"),
        ({"events": ["user.deleted.v1"]}, "events.0"),
        ({"events": []}, "events"),
        ({"description": "x" * 201}, "description"),
        ({"description": "a\nb"}, "description"),
        ({"secret": "mine"}, "secret"),
    ],
)
async def test_a_webhook_that_there_cannot_be_names_its_field(user: Any, wrong: dict[str, Any], field: str) -> None:
    answer = await user.http.post("/webhooks", json={"url": URL} | wrong)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_request_that_is_sent_again_gets_the_same_answer(user: Any) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first, second = [await user.http.post("/webhooks", json={"url": URL}, headers=key) for _ in range(2)]
    other = await user.http.post("/webhooks", json={"url": f"{URL}/other"}, headers=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_one_webhook_too_many_is_refused_until_another_is_deleted(user: Any) -> None:
    webhooks = [(await make(user, f"{URL}/{number}"))["id"] for number in range(20)]
    refused = await user.http.post("/webhooks", json={"url": URL})

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_webhooks")
    assert (await user.http.delete(f"/webhooks/{webhooks[0]}")).status_code == 204
    assert (await user.http.get(f"/webhooks/{webhooks[0]}")).status_code == 404
    await make(user)


async def test_webhooks_are_listed_newest_first_and_each_page_links_to_the_next(user: Any) -> None:
    made = [(await make(user, f"{URL}/{number}"))["id"] for number in range(3)]
    first = await user.http.get("/webhooks?limit=2")
    following = first.headers["Link"].partition(">")[0].removeprefix("</api/v1")
    last = await user.http.get(following)

    assert [one["id"] for page in (first, last) for one in page.json()["items"]] == made[::-1]
    assert (last.json()["next_cursor"], "Link" in last.headers) == (None, False)
    wrong = await user.http.get("/webhooks?cursor=page2")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_cursor")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/deliveries"),
        ("POST", "/deliveries/00000000-0000-4000-8000-000000000000/redeliver"),
    ],
)
async def test_somebody_elses_webhook_is_not_there(user: Any, other_user: Any, method: str, path: str) -> None:
    theirs = (await make(other_user))["id"]
    for unknown in (theirs, uuid4()):
        answer = await user.http.request(method, f"/webhooks/{unknown}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found")
    assert (await other_user.http.get(f"/webhooks/{theirs}")).status_code == 200


async def test_a_webhook_of_which_nothing_happened_has_no_deliveries(user: Any) -> None:
    webhook = (await make(user))["id"]
    answer = await user.http.get(f"/webhooks/{webhook}/deliveries")
    assert answer.json() == {"items": [], "next_cursor": None}
    again = await user.http.post(f"/webhooks/{webhook}/deliveries/{uuid4()}/redeliver")
    assert (again.status_code, again.json()["code"]) == (404, "delivery_not_found")


@pytest.mark.parametrize(
    ("scope", "method", "status"),
    [
        ("videos:read", "POST", 403),
        ("videos:read", "GET", 200),
        ("videos:write", "POST", 201),
        ("videos:write", "GET", 403),
    ],
)
async def test_an_api_key_makes_or_sees_webhooks_by_its_scope(
    door: Any, user: Any, scope: str, method: str, status: int
) -> None:
    key = (await user.http.post("/api-keys", json={"name": "ci", "scopes": [scope]})).json()["key"]
    async with door.client(key) as program:
        answer = await program.request(method, "/webhooks", json={"url": URL} if method == "POST" else None)
    assert answer.status_code == status


async def test_without_a_login_there_are_no_webhooks(door: Any) -> None:
    async with door.client() as nobody:
        assert (await nobody.get("/webhooks")).status_code == 401
        assert (await nobody.post("/webhooks", json={"url": URL})).status_code == 401


async def test_an_export_shows_webhooks(user: Any) -> None:
    made = await make(user, events=["video.failed.v1"])
    del made["secret"]
    assert (await user.http.get("/me/export")).json()["webhooks"] == [made | {"deliveries": []}]
