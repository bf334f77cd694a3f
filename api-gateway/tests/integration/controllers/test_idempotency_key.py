"""`Idempotency-Key` over HTTP, on all calls that make something."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fiapx import Client
from fiapx_testing.proxies import tcp_proxy
from fiapx_testing.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILM = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
CALLS = ("/videos", "/uploads")
SENT = {"/videos": 202, "/uploads": 201}


async def ask(user: Any, call: str, *keys: str, film: bytes = FILM) -> httpx.Response:
    """Makes a video by one of the calls."""
    headers = [("Idempotency-Key", key) for key in keys]
    if call == "/videos":
        answer = await user.http.post(call, headers=headers, files={"video": ("clip.mp4", film, "video/mp4")})
    else:
        answer = await user.http.post(call, headers=headers, json={"filename": "clip.mp4", "size_bytes": len(film)})
    assert isinstance(answer, httpx.Response)
    return answer


async def videos_of(user: Any) -> list[str]:
    return [video["id"] for video in (await user.http.get("/videos")).json()["items"]]


@pytest.mark.parametrize("call", CALLS)
async def test_fifty_requests_at_once_make_one_video(user: Any, call: str) -> None:
    answers = await asyncio.gather(*[ask(user, call, KEY) for _ in range(50)])
    (video,) = await videos_of(user)
    made = [answer for answer in answers if answer.status_code == SENT[call]]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert made
    assert len(made) + len(waiting) == 50
    assert {answer.json()["id"] for answer in made} == {video}
    assert {answer.json()["code"] for answer in waiting} <= {"idempotency_key_in_use"}


@pytest.mark.parametrize("call", CALLS)
async def test_the_same_request_gets_the_same_answer_again(user: Any, call: str) -> None:
    first, again = await ask(user, call, KEY), await ask(user, call, f'"{KEY}"')
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Location"] == first.headers["Location"]


@pytest.mark.parametrize("call", CALLS)
async def test_another_request_is_refused_and_told_what_to_do(user: Any, call: str) -> None:
    await ask(user, call, KEY)
    answer = await ask(user, call, KEY, film=FILM + b"x")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "idempotency_key_reused")
    assert "with a key of its own" in problem["detail"]
    assert [field["field"] for field in problem["errors"]] == ["Idempotency-Key"]
    assert len(await videos_of(user)) == 1


async def test_another_users_same_key_is_another_key(user: Any, other_user: Any) -> None:
    ours, theirs = [(await ask(one, "/videos", KEY)).json()["id"] for one in (user, other_user)]
    assert ours != theirs
    assert (await videos_of(user), await videos_of(other_user)) == ([ours], [theirs])


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "keys", [("",), ('"open',), ("x" * 256,), ("chave-\u00e9",), (KEY, KEY)], ids=["empty", "open", "long", "é", "two"]
)
async def test_what_is_no_key_is_refused(user: Any, call: str, keys: tuple[str, ...]) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1")) for key in keys]
    form: dict[str, Any] = {"files": {"video": ("clip.mp4", FILM, "video/mp4")}}
    body = form if call == "/videos" else {"json": {"filename": "clip.mp4", "size_bytes": 9}}
    answer = await user.http.post(call, headers=headers, **body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_idempotency_key")
    assert [field["field"] for field in problem["errors"]] == ["Idempotency-Key"]
    assert await videos_of(user) == []


async def test_an_upload_of_the_sdk_whose_answer_is_lost_is_sent_again_and_makes_no_second_video(
    user: Any, door: Any, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(FILM)
    host, _, port = door.address.partition(":")
    async with tcp_proxy(host, int(port)) as proxy:
        proxy.withhold()
        with Client(f"http://{proxy.address}", api_key=user.tokens["access_token"]) as client:
            uploading = asyncio.create_task(asyncio.to_thread(client.videos.upload, film))
            made: list[str] = []
            async with asyncio.timeout(PATIENCE_S):
                while not made:
                    await asyncio.sleep(0.05)
                    made = await videos_of(user)
            proxy.reset()
            proxy.forward()
            video = await uploading
    assert await videos_of(user) == made == [str(video.id)]
    assert proxy.accepted == 2


async def test_the_document_names_the_header_and_its_refusals_where_something_is_made(door: Any) -> None:
    async with door.client(root="") as client:
        document = (await client.get("/api/openapi.json")).json()
    taking = {
        (method, path): call
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if any(parameter["name"] == "Idempotency-Key" for parameter in call.get("parameters", []))
    }
    assert taking.keys() == {
        ("post", f"/api/v1{call}")
        for call in (*CALLS, "/videos/{video_id}/reprocess", "/videos/{video_id}/shares", "/webhooks")
    }
    for call in taking.values():
        (header,) = (one for one in call["parameters"] if one["in"] == "header")
        assert (header["required"], header["schema"]["maxLength"]) == (False, 255)
        told = {
            code
            for status in ("409", "422")
            for code in call["responses"][status]["content"]["application/problem+json"]["examples"]
        }
        assert {"idempotency_key_in_use", "idempotency_key_reused", "invalid_idempotency_key"} <= told
