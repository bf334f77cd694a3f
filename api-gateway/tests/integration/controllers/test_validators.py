"""Reads that somebody repeats: 304 where nothing has changed."""

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

READS = ("/me", "/me/usage", "/videos", "/videos/{id}", "/videos/{id}/frames", "/videos/{id}/sprite.vtt", "/api-keys")
MANIFESTS = ("/videos/{id}/manifest.json", "/videos/{id}/manifest.csv")


@pytest.mark.parametrize("path", [*READS, *MANIFESTS])
async def test_what_is_known_is_not_sent_again(anyone: Any, video: dict[str, Any], path: str) -> None:
    path = path.format(id=video["id"])
    first = await anyone.http.get(path)
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    weak = f"W/{first.headers['ETag'].removeprefix('W/')}"
    for tags in (first.headers["ETag"], f'"of-others", {weak}', "*"):
        again = await anyone.http.get(path, headers={"If-None-Match": tags})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == "private, no-cache"
        assert "Content-Type" not in again.headers
    other = await anyone.http.get(path, headers={"If-None-Match": '"of-others"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("path", [*READS, *MANIFESTS])
async def test_head_tells_the_same_validator(anyone: Any, video: dict[str, Any], path: str) -> None:
    path = path.format(id=video["id"])
    etag = (await anyone.http.get(path)).headers["ETag"]
    head = await anyone.http.head(path)
    assert (head.status_code, head.headers["ETag"], head.content) == (200, etag, b"")
    assert (await anyone.http.head(path, headers={"If-None-Match": etag})).status_code == 304


async def test_after_a_change_it_is_sent_with_another_validator(user: Any) -> None:
    before = await user.http.get("/me/usage")
    assert (await user.http.post("/uploads", json={"filename": "a.mp4", "size_bytes": 9})).status_code == 201
    after = await user.http.get("/me/usage", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json()["videos"]) == (200, 1)
    assert after.headers["ETag"] != before.headers["ETag"]


async def test_a_profiles_validator_is_its_version(user: Any) -> None:
    etag = (await user.http.get("/me")).headers["ETag"]
    assert (await user.http.patch("/me", json={"name": "Eva"}, headers={"If-Match": etag})).status_code == 200
    assert (await user.http.get("/me", headers={"If-None-Match": etag})).status_code == 200


async def test_other_users_have_other_validators(user: Any, anyone: Any) -> None:
    etag = (await anyone.http.get("/me")).headers["ETag"]
    assert (await user.http.get("/me", headers={"If-None-Match": etag})).status_code == 200


async def test_a_refusal_is_told_each_time(anyone: Any) -> None:
    answer = await anyone.http.get("/videos/nothing", headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert "ETag" not in answer.headers


async def test_an_export_is_never_kept(user: Any) -> None:
    for answer in (await user.http.get("/me/export"), await user.http.head("/me/export")):
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert "ETag" not in answer.headers


async def test_a_change_has_no_validator_of_a_read(user: Any) -> None:
    answer = await user.http.post(
        "/uploads", json={"filename": "a.mp4", "size_bytes": 9}, headers={"If-None-Match": "*"}
    )
    assert answer.status_code == 201
    assert "ETag" not in answer.headers
