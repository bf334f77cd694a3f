"""Single frames over HTTP."""

import hashlib
from typing import Any

import httpx
import pytest
from fiapx_testing.frame_counter import read_counter

pytestmark = pytest.mark.asyncio(loop_scope="session")

FRAMES_AT_2_FPS = [0, 15, 30, 45]


@pytest.fixture
def ask(anyone: Any, video: dict[str, Any]) -> Any:
    """Asks for a frame of the video."""

    async def get(index: object, method: str = "GET", **how: Any) -> httpx.Response:
        answer: httpx.Response = await anyone.http.request(method, f"/videos/{video['id']}/frames/{index}", **how)
        return answer

    return get


async def test_each_frame_is_the_image_of_the_archive(ask: Any) -> None:
    answers = [await ask(index) for index in (1, 2, 3, 4)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [read_counter(answer.content) for answer in answers] == FRAMES_AT_2_FPS


async def test_an_image_of_one_attempt_tells_what_it_is_and_how_long_it_may_be_kept(ask: Any) -> None:
    answer = await ask(2, params={"attempt": 1})
    told = answer.headers
    assert (told["Content-Type"], told["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert told["Content-Disposition"] == 'inline; filename="frame_000002_00-00-00.500.png"'
    assert told["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert int(told["Content-Length"]) == len(answer.content)
    scope, age, forever = told["Cache-Control"].split(", ")
    assert (scope, forever) == ("private", "immutable")
    week_s = 7 * 24 * 3600
    assert week_s - 3600 < int(age.removeprefix("max-age=")) <= week_s


async def test_an_image_of_a_video_in_work_is_asked_for_again_and_not_sent_again(
    anyone: Any, processing_video: dict[str, Any]
) -> None:
    path = f"/videos/{processing_video['id']}/frames/2"
    first = await anyone.http.get(path)
    again = await anyone.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, read_counter(first.content)) == (200, 30)
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "private, no-cache"
    assert again.status_code == 304


async def test_an_image_of_whichever_attempt_is_the_present_one_is_asked_for_again(ask: Any) -> None:
    assert (await ask(2)).headers["Cache-Control"] == "private, no-cache"


async def test_an_image_of_an_attempt_in_work_is_asked_for_again(anyone: Any, processing_video: dict[str, Any]) -> None:
    answer = await anyone.http.get(f"/videos/{processing_video['id']}/frames/2", params={"attempt": 1})
    assert answer.headers["Cache-Control"] == "private, no-cache"


async def test_another_attempt_than_the_present_one_has_no_image(ask: Any) -> None:
    answer = await ask(1, params={"attempt": 2})
    assert (answer.status_code, answer.json()["code"]) == (404, "result_not_found")


@pytest.mark.parametrize("attempt", ["0", "x", "2147483648"])
async def test_what_is_no_attempt_is_refused(ask: Any, attempt: str) -> None:
    answer = await ask(1, params={"attempt": attempt})
    assert (answer.status_code, [wrong["field"] for wrong in answer.json()["errors"]]) == (422, ["attempt"])


async def test_an_image_that_the_client_has_is_not_sent_again(ask: Any) -> None:
    first = await ask(1)
    again = await ask(1, headers={"If-None-Match": f'"other", {first.headers["ETag"]}'})
    other = await ask(2, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert other.status_code == 200


async def test_a_thumbnail_is_a_smaller_jpeg_with_an_etag_of_its_own(ask: Any) -> None:
    image, small = await ask(2), await ask(2, params={"width": 160})
    assert (small.status_code, small.headers["Content-Type"]) == (200, "image/jpeg")
    assert small.headers["Content-Disposition"] == 'inline; filename="frame_000002_00-00-00.500_160.jpg"'
    assert small.headers["ETag"] == f'"{hashlib.sha256(small.content).hexdigest()}"' != image.headers["ETag"]
    # 320 pixels wide as the clip is, so that its counter can be read
    assert read_counter((await ask(2, params={"width": 320})).content) == FRAMES_AT_2_FPS[1]


async def test_a_head_request_gets_the_headers_alone(ask: Any) -> None:
    whole, head = await ask(1), await ask(1, method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))


@pytest.mark.parametrize("index", ["0", "5", "-1", "x", "1.5", "2147483648", "9" * 50, "%D9%A1"])
async def test_a_number_that_no_frame_has_is_not_found(ask: Any, index: str) -> None:
    answer = await ask(index)
    assert (answer.status_code, answer.json()["code"]) == (404, "frame_not_found")


@pytest.mark.parametrize("width", ["0", "161", "-160", "x", ""])
async def test_a_width_that_is_not_offered_is_refused(ask: Any, width: str) -> None:
    answer = await ask(1, params={"width": width})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "width")
