"""Sending requests: credentials, refresh of an expired token, bounded retries, errors as ours."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from threading import Lock
from typing import Any, Final

import httpx

from fiapx.errors import ProblemError, Unreachable, problem_of
from fiapx.results import Tokens

API: Final = "/api/v1"
_RETRIED: Final = frozenset({429, 503})
_REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_KEY: Final = "Idempotency-Key"
_KEY_IN_USE: Final = "idempotency_key_in_use"
_FORGIVEN_S: Final = 8.0
_EARLY_S: Final = 30.0
"""A token this close to its end is renewed before it is used."""

Body = Callable[[], dict[str, Any]]
"""Arguments of httpx for a request's body, made anew for each try."""


class Sender:
    """One connection pool and one session. Threads may share it."""

    def __init__(self, base_url: str, timeout_s: float, retry_for_s: float, api_key: str | None) -> None:
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = httpx.Client(base_url=base_url, timeout=timeout_s, cookies=no_cookies)
        self._retry_for_s = retry_for_s
        self._api_key = api_key
        self._tokens: Tokens | None = None
        self._renew_at = 0.0
        self._renewing = Lock()

    @property
    def access_token(self) -> str | None:
        """What authenticates at present: the API key or the session's access token."""
        return self._api_key or (self._tokens.access_token if self._tokens else None)

    def keep(self, tokens: Tokens | None) -> None:
        """Uses `tokens` from now on; None ends the session on this side."""
        self._tokens = tokens
        if tokens is not None:
            self._renew_at = time.monotonic() + max(tokens.expires_in - _EARLY_S, tokens.expires_in / 2)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Body = dict,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        **arguments: Any,
    ) -> httpx.Response:
        """Sends below `/api/v1` with credentials; a redirect is an answer.

        With an `idempotency_key` the platform does a request once, however often it comes; so a broken one is sent
        again.

        Raises:
            ProblemError: the platform refused or failed.
            Unreachable: no answer.
        """
        if self._tokens is not None and time.monotonic() >= self._renew_at:
            self._renew(self._tokens)
        used = self._tokens
        keyed = {} if idempotency_key is None else {_KEY: quoted(idempotency_key)}
        safe = method in _REPEATABLE or bool(keyed)
        attempt = _Attempt(method, path, body, {**(headers or {}), **keyed}, arguments, safe=safe)
        try:
            return self._insist(attempt, self._credentials(), self._retry_for_s)
        except ProblemError as error:
            if error.status != httpx.codes.UNAUTHORIZED or used is None:
                raise
        self._renew(used)
        return self._insist(attempt, self._credentials(), self._retry_for_s)

    def _insist(self, attempt: "_Attempt", credentials: Mapping[str, str], retry_for_s: float) -> httpx.Response:
        waits = backoff(retry_for_s)
        while True:
            try:
                response = attempt.send(self.http, credentials)
            except httpx.TransportError as error:
                # A connection that was never made carried no request; one that broke may have.
                wait_s = next(waits, None) if attempt.safe or isinstance(error, httpx.ConnectError) else None
                if wait_s is None:
                    raise Unreachable(f"{attempt.method} {attempt.path} got no answer: {error!r}") from error
            else:
                if not response.is_error:
                    return response
                problem = problem_of(response)
                asked_s = problem.retry_after_s or 0.0
                wait_s = next(waits, None) if _passes(problem) and asked_s <= retry_for_s else None
                if wait_s is None:
                    raise problem
                wait_s = max(wait_s, asked_s)
            time.sleep(wait_s)

    def _credentials(self) -> dict[str, str]:
        token = self.access_token
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _renew(self, expired: Tokens) -> None:
        """One thread renews; the others find that it is done."""
        with self._renewing:
            if self._tokens is not expired:
                return
            body = {"refresh_token": expired.refresh_token}
            # The platform forgives a refresh token's second use for 10 s, for the case of a lost answer.
            attempt = _Attempt("POST", "/auth/refresh", lambda: {"json": body}, {}, {}, safe=True)
            try:
                answer = self._insist(attempt, {}, min(self._retry_for_s, _FORGIVEN_S))
            except ProblemError as error:
                if error.status == httpx.codes.UNAUTHORIZED:
                    self.keep(None)
                raise
            self.keep(Tokens.model_validate_json(answer.content))


@dataclass(frozen=True)
class _Attempt:
    method: str
    path: str
    body: Body
    headers: Mapping[str, str]
    arguments: Mapping[str, Any]
    safe: bool
    """Sending it twice does what sending it once does."""

    def send(self, http: httpx.Client, credentials: Mapping[str, str]) -> httpx.Response:
        headers = {**credentials, **self.headers}
        return http.request(self.method, API + self.path, headers=headers, **self.body(), **self.arguments)


def quoted(key: str) -> str:
    """A key as its header wants it: a String of RFC 8941."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _passes(problem: ProblemError) -> bool:
    """Whether it may be over soon; the other try of the key may be our own, whose connection broke."""
    return problem.status in _RETRIED or problem.code == _KEY_IN_USE


def backoff(retry_for_s: float) -> Iterator[float]:
    """Waits, growing to 4 s, with a random part against stampedes; ends when about `retry_for_s` would be spent."""
    spent_s, wait_s = 0.0, 0.2
    while spent_s < retry_for_s:
        chosen_s = min(wait_s * random.uniform(0.8, 1.2), retry_for_s - spent_s)  # noqa: S311 — spreads load, no secret
        yield chosen_s
        spent_s += chosen_s
        wait_s = min(wait_s * 2, 4.0)
