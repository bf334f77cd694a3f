"""A browser's session: what its cookies open, and what they don't."""

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from ipaddress import IPv4Network
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from api_gateway.settings import HttpSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")

CSRF = {"X-CSRF": "1"}
ORIGIN = "https://app.example.com"
NO_VIDEO = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def who() -> dict[str, str]:
    """Somebody who has no account yet."""
    return {"email": f"{uuid4().hex}@example.com", "password": "correct horse battery staple"}


async def log_in(client: httpx.AsyncClient, who: dict[str, str], **headers: str) -> httpx.Response:
    """Makes the account; the client keeps the cookies as a browser does."""
    (await client.post("/auth/register", json=who)).raise_for_status()
    return (await client.post("/auth/login", json=who, headers=headers)).raise_for_status()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(door: Any, who: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in, with nothing but cookies."""
    async with door.client() as client:
        await log_in(client, who)
        yield client


def cookies_of(answer: httpx.Response) -> dict[str, dict[str, Any]]:
    """Name → its value and its attributes that are set."""
    jar: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return {
        name: {"value": morsel.value} | {key: kept for key, kept in morsel.items() if kept}
        for name, morsel in jar.items()
    }


async def test_a_login_gives_both_tokens_as_cookies_that_scripts_and_other_sites_never_get(
    door: Any, who: dict[str, str]
) -> None:
    async with door.client() as client:
        answer = await log_in(client, who)
    tokens = answer.json()
    cookies = cookies_of(answer)
    lifetime = cookies["fx_refresh"].pop("max-age")
    strict = {"httponly": True, "samesite": "strict"}
    assert cookies == {
        "fx_access": strict
        | {"value": tokens["access_token"], "path": "/api/v1", "max-age": str(tokens["expires_in"])},
        "fx_refresh": strict | {"value": tokens["refresh_token"], "path": "/api/v1/auth"},
    }
    assert int(lifetime) > tokens["expires_in"]


async def test_behind_a_proxy_that_speaks_tls_cookies_are_for_tls_only(
    open_door: Any, whole: Any, who: dict[str, str]
) -> None:
    proxied = {"http": HttpSettings(trusted_proxies=[IPv4Network("127.0.0.0/8")])}
    door = await open_door(whole.model_copy(update=proxied))
    async with door.client() as client:
        answer = await log_in(client, who, **{"X-Forwarded-Proto": "https"})
    assert all(cookie["secure"] for cookie in cookies_of(answer).values())


async def test_the_access_cookie_opens_what_only_reads(browser: httpx.AsyncClient, who: dict[str, str]) -> None:
    assert (await browser.get("/me")).json()["email"] == who["email"]
    assert (await browser.head("/me")).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/me"), ("POST", "/videos"), ("DELETE", f"/videos/{NO_VIDEO}")])
async def test_the_access_cookie_changes_nothing(browser: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await browser.request(method, path, headers=CSRF)
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_token")


@pytest.mark.parametrize(
    ("given", "code"), [("Bearer nonsense", "invalid_token"), ("Basic YTpi", "missing_token")], ids=["bearer", "basic"]
)
async def test_what_the_header_says_of_the_caller_outweighs_the_cookie(
    browser: httpx.AsyncClient, given: str, code: str
) -> None:
    answer = await browser.get("/me", headers={"Authorization": given})
    assert (answer.status_code, answer.json()["code"]) == (401, code)


async def test_a_browser_renews_its_session_by_cookie_and_header(browser: httpx.AsyncClient) -> None:
    before = dict(browser.cookies)
    answer = await browser.post("/auth/refresh", headers=CSRF)
    assert answer.status_code == 200
    assert browser.cookies["fx_refresh"] == answer.json()["refresh_token"] != before["fx_refresh"]
    assert browser.cookies["fx_access"] == answer.json()["access_token"]


@pytest.mark.parametrize("call", ["/auth/refresh", "/auth/logout"])
@pytest.mark.parametrize("headers", [{}, {"X-CSRF": "0"}], ids=["missing", "wrong"])
async def test_the_refresh_cookie_does_nothing_without_the_header(
    browser: httpx.AsyncClient, call: str, headers: dict[str, str]
) -> None:
    answer = await browser.post(call, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_header_missing")
    assert (await browser.post("/auth/refresh", headers=CSRF)).status_code == 200


async def test_a_logout_by_cookie_ends_the_session_and_takes_the_cookies_away(browser: httpx.AsyncClient) -> None:
    refresh_token = browser.cookies["fx_refresh"]
    answer = await browser.post("/auth/logout", headers=CSRF)
    assert answer.status_code == 204
    assert set(cookies_of(answer)) == {"fx_access", "fx_refresh"}
    assert not browser.cookies
    again = await browser.post("/auth/refresh", json={"refresh_token": refresh_token})
    assert (again.status_code, again.json()["code"]) == (401, "session_ended")


async def test_a_refresh_without_any_token_is_refused(lonely: Any) -> None:
    async with lonely.client() as client:
        answer = await client.post("/auth/refresh", headers=CSRF)
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_refresh_token")


async def test_pages_of_an_allowed_origin_may_send_cookies_and_the_header(open_door: Any, settings: Any) -> None:
    door = await open_door(settings.model_copy(update={"http": HttpSettings(cors_origins=[ORIGIN])}))
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrf"}
    async with door.client() as client:
        answer = await client.options("/auth/refresh", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "X-CSRF" in answer.headers["Access-Control-Allow-Headers"]
