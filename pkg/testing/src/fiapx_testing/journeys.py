"""A person's way through the platform, with the trace of each answer and every secret that passed."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from urllib.parse import parse_qs, urlsplit

import httpx

from fiapx_testing.mailboxes import Mail
from fiapx_testing.platforms import Platform

_TIMEOUT_S = 120
_LINK_TOKEN = re.compile(r"[#?&]token=([\w.~-]{16,})")


@dataclass
class Journey:
    """What happened."""

    address: str
    password: str
    register_trace: str = ""
    login_trace: str = ""
    upload_trace: str = ""
    stream_trace: str = ""
    video_id: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    """By what each is."""

    def learn(self, mails: list[Mail]) -> None:
        """The secrets of links in mails."""
        for mail in mails:
            for number, token in enumerate(_LINK_TOKEN.findall(mail.text)):
                self.secrets[f"token {number} in the mail {mail.subject}"] = token


def travel(platform: Platform, film: Path) -> Journey:
    """Signs up, logs in, sends a film, follows it to its end, downloads the archive, shares it, logs out."""
    journey = Journey(f"{token_hex(8)}@example.com", f"correct horse {token_hex(8)}")
    journey.secrets["password"] = journey.password
    with httpx.Client(base_url=f"{platform.url}/api/v1", timeout=_TIMEOUT_S) as http:
        login = {"email": journey.address, "password": journey.password}
        journey.register_trace = _trace(http.post("/auth/register", json={**login, "name": "Ana", "locale": "en"}))
        answer = http.post("/auth/login", json=login)
        journey.login_trace = _trace(answer)
        tokens = answer.json()
        journey.secrets |= {name: tokens[name] for name in ("access_token", "refresh_token")}
        http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        with film.open("rb") as file:
            answer = http.post("/videos", files={"video": (film.name, file)})
        journey.upload_trace, journey.video_id = _trace(answer), answer.json()["id"]
        with http.stream("GET", f"/videos/{journey.video_id}/events") as stream:
            journey.stream_trace = _trace(stream)
            for _ in stream.iter_lines():
                pass
        journey.secrets |= _signature(http.get(f"/videos/{journey.video_id}/frames.zip", follow_redirects=False))
        journey.secrets |= _opened_share(http, journey.video_id)
        http.post("/auth/logout", json={"refresh_token": tokens["refresh_token"]}).raise_for_status()
    return journey


def _opened_share(http: httpx.Client, video_id: str) -> dict[str, str]:
    """The token of a link by which a stranger has seen what is below it, and looked for what is not."""
    token = str(http.post(f"/videos/{video_id}/shares", json={}).raise_for_status().json()["token"])
    with httpx.Client(base_url=http.base_url, timeout=_TIMEOUT_S) as stranger:
        for below in ("", "/frames", "/frames/1", "/frames.zip", "/manifest.json", "/nothing"):
            stranger.get(f"/shares/{token}{below}")
    return {"token of a share": token}


def _trace(answer: httpx.Response) -> str:
    answer.raise_for_status()
    return str(answer.headers["X-Trace-Id"])


def _signature(redirect: httpx.Response) -> dict[str, str]:
    presigned = redirect.headers["Location"]
    httpx.get(presigned, timeout=_TIMEOUT_S).raise_for_status()
    return {"signature of a presigned address": parse_qs(urlsplit(presigned).query)["X-Amz-Signature"][0]}
