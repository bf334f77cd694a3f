"""What holds for the whole API: problems everywhere, its document, its headers."""

import json
import re
from typing import Any, Final

import pytest
import pytest_asyncio
from api_gateway.settings import HttpSettings
from dirty_equals import IsStr

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHARED: Final = {
    ("get", "/api/v1/shares/{token}"),
    ("get", "/api/v1/shares/{token}/frames.zip"),
    ("get", "/api/v1/shares/{token}/frames"),
    ("get", "/api/v1/shares/{token}/frames/{index}"),
    ("get", "/api/v1/shares/{token}/manifest.json"),
    ("get", "/api/v1/shares/{token}/manifest.csv"),
    ("get", "/api/v1/shares/{token}/contact-sheet.jpg"),
    ("get", "/api/v1/shares/{token}/sprite.vtt"),
    ("get", "/api/v1/shares/{token}/sprites/{number}.jpg"),
}
PUBLIC: Final = {
    *SHARED,
    ("post", "/api/v1/auth/register"),
    ("post", "/api/v1/auth/login"),
    ("post", "/api/v1/auth/refresh"),
    ("post", "/api/v1/auth/verify-email"),
    ("post", "/api/v1/auth/forgot-password"),
    ("post", "/api/v1/auth/reset-password"),
    ("get", "/.well-known/jwks.json"),
}
CALLS: Final = {
    ("post", "/api/v1/auth/verify-email"),
    ("post", "/api/v1/auth/forgot-password"),
    ("post", "/api/v1/auth/reset-password"),
    ("post", "/api/v1/me/verification"),
    ("post", "/api/v1/auth/register"),
    ("post", "/api/v1/auth/login"),
    ("post", "/api/v1/auth/refresh"),
    ("post", "/api/v1/auth/logout"),
    ("get", "/api/v1/me"),
    ("patch", "/api/v1/me"),
    ("delete", "/api/v1/me"),
    ("get", "/api/v1/me/export"),
    ("get", "/api/v1/me/sessions"),
    ("delete", "/api/v1/me/sessions"),
    ("delete", "/api/v1/me/sessions/{session_id}"),
    ("post", "/api/v1/videos"),
    ("get", "/api/v1/videos"),
    ("get", "/api/v1/videos/{video_id}"),
    ("delete", "/api/v1/videos/{video_id}"),
    ("post", "/api/v1/videos/{video_id}/cancel"),
    ("post", "/api/v1/videos/{video_id}/retry"),
    ("post", "/api/v1/videos/{video_id}/reprocess"),
    ("get", "/api/v1/videos/{video_id}/frames.zip"),
    ("get", "/api/v1/videos/{video_id}/frames"),
    ("get", "/api/v1/videos/{video_id}/frames/{index}"),
    ("get", "/api/v1/videos/{video_id}/manifest.json"),
    ("get", "/api/v1/videos/{video_id}/manifest.csv"),
    ("get", "/api/v1/videos/{video_id}/contact-sheet.jpg"),
    ("get", "/api/v1/videos/{video_id}/sprite.vtt"),
    ("get", "/api/v1/videos/{video_id}/sprites/{number}.jpg"),
    ("post", "/api/v1/webhooks"),
    ("get", "/api/v1/webhooks"),
    ("get", "/api/v1/webhooks/{webhook_id}"),
    ("delete", "/api/v1/webhooks/{webhook_id}"),
    ("get", "/api/v1/webhooks/{webhook_id}/deliveries"),
    ("post", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"),
    ("post", "/api/v1/estimates"),
    ("get", "/api/v1/events"),
    ("get", "/api/v1/videos/{video_id}/events"),
    ("post", "/api/v1/uploads"),
    ("get", "/api/v1/uploads/{upload_id}"),
    ("delete", "/api/v1/uploads/{upload_id}"),
    ("post", "/api/v1/uploads/{upload_id}/parts"),
    ("post", "/api/v1/uploads/{upload_id}/complete"),
    ("get", "/api/v1/status"),
    ("get", "/api/v1/me/usage"),
    ("post", "/api/v1/videos/{video_id}/shares"),
    ("get", "/api/v1/videos/{video_id}/shares"),
    ("delete", "/api/v1/videos/{video_id}/shares/{share_id}"),
    *SHARED,
    ("get", "/api/v1/api-keys"),
    ("post", "/api/v1/api-keys"),
    ("delete", "/api/v1/api-keys/{key_id}"),
    ("get", "/.well-known/jwks.json"),
}


@pytest.fixture
def root(lonely: Any) -> Any:
    """A client of the gateway's root; nobody is behind it."""
    return lonely.client(root="")


@pytest_asyncio.fixture(loop_scope="session")
async def document(lonely: Any) -> dict[str, Any]:
    """The OpenAPI document."""
    async with lonely.client(root="") as client:
        found: dict[str, Any] = (await client.get("/api/openapi.json")).raise_for_status().json()
    return found


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "route_not_found"),
        ("GET", "/nothing", 404, "route_not_found"),
        ("GET", "/api/v1/videos/", 404, "route_not_found"),
        ("PUT", "/api/v1/videos", 405, "method_not_allowed"),
        ("GET", "/api/v1/auth/login", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/videos", 405, "method_not_allowed"),
        ("POST", "/api/v1/auth/login?colour=red", 422, "unknown_parameter"),
    ],
)
async def test_every_refusal_is_a_problem(root: Any, method: str, path: str, status: int, code: str) -> None:
    async with root:
        answer = await root.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json() | {"errors": []} == {
        "type": f"/api/docs/problems#{code}",
        "title": IsStr,
        "status": status,
        "code": code,
        "detail": IsStr,
        "trace_id": answer.headers["X-Trace-Id"],
        "errors": [],
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"", 422),
        (b"[]", 422),
        (b'{"email": "a", "password": "b", "colour": "red"}', 422),
        (b'{"email": NaN, "password": "b"}', 422),
        (b'{"email": "\xff"}', 400),
        (b"[" * 60_000, 400),
        (b" " * 70_000, 413),
        (b'{"email": "a", "password": "b"' + b"".join(b',"x%d":0' % n for n in range(6_000)) + b"}", 422),
    ],
    ids=["broken", "empty", "no object", "unknown field", "NaN", "no text", "deep", "large", "unknown fields"],
)
async def test_a_json_body_that_is_not_as_it_should_be_is_a_problem(root: Any, body: bytes, status: int) -> None:
    async with root:
        answer = await root.post("/api/v1/auth/login", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_the_document_tells_every_call_and_no_other(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert {(method, path) for path, calls in document["paths"].items() for method in calls} == CALLS


@pytest.mark.parametrize(("method", "path"), sorted(CALLS - PUBLIC))
async def test_every_call_but_the_public_ones_needs_a_token(root: Any, method: str, path: str) -> None:
    async with root:
        answer = await root.request(method, re.sub(r"{\w+}", "8d3f1c9e-5b0a-4c7e-9f5e-2f6b7a1c0d4e", path))
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_the_document_says_that_a_browsers_cookie_may_read_and_no_more(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["accessCookie"] == {
        "type": "apiKey",
        "in": "cookie",
        "name": "fx_access",
    }
    calls = {(method, path): call for path, found in document["paths"].items() for method, call in found.items()}
    ways = {key: {name for way in call.get("security", []) for name in way} for key, call in calls.items()}
    by_token = {key for key, names in ways.items() if "accessToken" in names}
    assert {key for key, names in ways.items() if "accessCookie" in names} == {key for key in by_token if "get" in key}


async def test_the_document_asks_for_no_login_where_a_link_is_enough(document: dict[str, Any]) -> None:
    for method, path in sorted(SHARED):
        call = document["paths"][path][method]
        assert "security" not in call
        assert next(one["name"] for one in call["parameters"] if one["in"] == "path") == "token"
        assert "share_not_found" in call["responses"]["404"]["content"]["application/problem+json"]["examples"]


@pytest.mark.parametrize("result", ["frames.zip", "frames", "frames/{index}", "manifest.json", "manifest.csv"])
async def test_the_document_knows_results_that_are_not_there(document: dict[str, Any], result: str) -> None:
    missing = document["paths"][f"/api/v1/videos/{{video_id}}/{result}"]["get"]["responses"]["404"]
    assert "result_not_found" in missing["content"]["application/problem+json"]["examples"]


async def test_the_document_knows_no_error_but_our_problem(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    assert "HTTPValidationError" not in text
    for calls in document["paths"].values():
        for call in calls.values():
            errors = {status: answer for status, answer in call["responses"].items() if status[0] in "45"}
            assert {"422", "429"} <= errors.keys()
            assert {kind for answer in errors.values() for kind in answer["content"]} == {"application/problem+json"}


async def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    wanted = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert wanted <= document["components"]["schemas"].keys()


async def test_every_answer_tells_browsers_what_they_must_not_do(root: Any) -> None:
    async with root:
        for path in ("/", "/api/v1/videos", "/api/docs", "/nothing"):
            headers = (await root.get(path)).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]


async def test_answers_of_the_api_are_not_cached(root: Any) -> None:
    async with root:
        assert (await root.get("/api/v1/videos")).headers["Cache-Control"] == "no-store"


async def test_head_is_get_without_a_body(root: Any) -> None:
    async with root:
        get, head = await root.get("/api/v1/videos"), await root.head("/api/v1/videos")
    assert (head.status_code, head.headers["content-length"]) == (get.status_code, get.headers["content-length"])
    assert head.content == b""


async def test_the_documentation_needs_nothing_from_elsewhere(root: Any) -> None:
    async with root:
        page = (await root.get("/api/docs")).text
        assert "//" not in page.replace("<!doctype", "")
        for asset in re.findall(r'(?:src|href)="([^"]+)"', page):
            assert (await root.get(asset)).status_code == 200


async def test_the_root_names_the_product(root: Any) -> None:
    async with root:
        assert "FIAP X" in (await root.get("/")).text


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/api/v1/me", "DELETE, GET, HEAD, PATCH"), ("/api/v1/auth/login", "POST"), ("/metrics", "GET, HEAD")],
)
async def test_a_refused_method_is_told_all_that_the_path_knows(root: Any, path: str, methods: str) -> None:
    async with root:
        answer = await root.put(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, methods)


async def test_only_exact_origins_may_call_from_elsewhere(open_door: Any, settings: Any) -> None:
    allowing = {"http": HttpSettings(cors_origins=["https://app.example.com"])}
    door = await open_door(settings.model_copy(update=allowing))
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    read = {"Access-Control-Request-Method": "HEAD", "Access-Control-Request-Headers": "authorization,if-none-match"}
    async with door.client() as client:
        ours = await client.options("/videos", headers=asked | {"Origin": "https://app.example.com"})
        others = await client.options("/videos", headers=asked | {"Origin": "https://app.example.com.evil.org"})
        reading = await client.options("/videos", headers=read | {"Origin": "https://app.example.com"})
    assert (ours.status_code, ours.headers["Access-Control-Allow-Origin"]) == (200, "https://app.example.com")
    assert (reading.status_code, reading.headers["Access-Control-Allow-Origin"]) == (200, "https://app.example.com")
    assert "Access-Control-Allow-Origin" not in others.headers


async def test_requests_are_counted_by_their_route(root: Any) -> None:
    async with root:
        await root.get("/api/v1/videos/8d3f1c9e-5b0a-4c7e-9f5e-2f6b7a1c0d4e")
        metrics = (await root.get("/metrics")).text
    assert 'fiapx_http_requests_total{method="GET",route="/api/v1/videos/{video_id}",status="401"}' in metrics
    assert "8d3f1c9e" not in metrics


async def test_a_trace_that_the_client_began_goes_on(root: Any) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with root:
        answer = await root.get("/api/v1/videos", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert answer.headers["X-Trace-Id"] == answer.json()["trace_id"] == trace


async def test_the_public_keys_may_be_cached(door: Any) -> None:
    async with door.client(root="") as client:
        answer = await client.get("/.well-known/jwks.json")
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert {key["alg"] for key in answer.json()["keys"]} == {"ES256"}
    assert all("d" not in key for key in answer.json()["keys"])
