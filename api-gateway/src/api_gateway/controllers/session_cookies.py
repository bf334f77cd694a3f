"""A browser's session: the refresh token, which renews, and the access token, which only reads.

Both are HttpOnly and SameSite=Strict. Pages of other origins of the same site do make a browser send them; what changes
something therefore needs, beside the refresh cookie, a header that such pages may not send without our CORS consent.
"""

from typing import Annotated, Final

from fastapi import Depends
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import Response

from api_gateway.entities.errors import CsrfHeaderMissing
from api_gateway.entities.users import Session

ACCESS_COOKIE: Final = "fx_access"
REFRESH_COOKIE: Final = "fx_refresh"
CSRF_HEADER: Final = "X-CSRF"
_CSRF_VALUE: Final = "1"
_PATHS: Final = {ACCESS_COOKIE: "/api/v1", REFRESH_COOKIE: "/api/v1/auth"}


class SessionCookies:
    """The cookies of one request and its answer; `Secure` where the browser's connection is encrypted."""

    def __init__(self, request: Request, response: Response) -> None:
        self._request = request
        self._response = response

    def keep(self, session: Session) -> None:
        """Gives a browser both cookies, each for as long as its token is good."""
        self._set(ACCESS_COOKIE, session.access_token, session.expires_in_s)
        self._set(REFRESH_COOKIE, session.refresh_token, session.refresh_expires_in_s)

    def forget(self) -> None:
        """Takes both cookies away."""
        for name in _PATHS:
            self._set(name, "", 0)

    def refresh_token(self) -> str | None:
        """The refresh token of a browser; None without the cookie.

        Raises:
            CsrfHeaderMissing: the cookie came, the header that proves consent did not.
        """
        headers = self._request.headers
        token = _cookie(headers, REFRESH_COOKIE)
        if token is not None and headers.get(CSRF_HEADER) != _CSRF_VALUE:
            raise CsrfHeaderMissing(CSRF_HEADER, _CSRF_VALUE)
        return token

    def _set(self, name: str, token: str, max_age_s: int) -> None:
        over_tls: bool = self._request.state.over_tls
        self._response.set_cookie(
            name, token, max_age=max_age_s, path=_PATHS[name], secure=over_tls, httponly=True, samesite="strict"
        )


Cookies = Annotated[SessionCookies, Depends()]


def access_cookie(headers: Headers) -> str | None:
    """The access token of a browser, for requests that change nothing."""
    return _cookie(headers, ACCESS_COOKIE)


def _cookie(headers: Headers, name: str) -> str | None:
    return cookie_parser(headers.get("cookie", "")).get(name) or None
