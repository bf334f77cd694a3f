"""The built page's files: kept for ever or asked for anew, compressed as built, one page for all its own paths."""

import mimetypes
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import anyio
from starlette.datastructures import Headers, URLPath
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Receive, Scope, Send

_PAGE: Final = "index.html"
_NAMED_BY_CONTENT: Final = "assets/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_ANEW: Final = "no-cache"
_READING: Final = frozenset({"GET", "HEAD"})
_SUFFIXES: Final[Mapping[str, str]] = {"br": ".br", "gzip": ".gz"}
"""What the build leaves beside a file, by its content coding, the smallest first."""


@dataclass(frozen=True)
class _Found:
    path: str
    status: os.stat_result
    media_type: str
    coding: str | None


class PageFiles(BaseRoute):
    """All paths but those below `api_prefix`: a file of the build, else the page, which knows its own paths.

    Files below `assets/` have their content's hash in their name, so a new build never changes one. A missing one is
    no page: a browser that holds an older page must see the failure.
    """

    def __init__(self, directory: Path, api_prefix: str) -> None:
        self.path = "/{file}"
        self._api_prefix = api_prefix
        self._files = StaticFiles(directory=directory)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whatever may be a page's."""
        if scope["type"] != "http" or scope["path"].startswith(self._api_prefix):
            return Match.NONE, {}
        return (Match.FULL if scope["method"] in _READING else Match.PARTIAL), {"route": self}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Never: files have no route names."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The file, or that it is known already, or 404."""
        if scope["method"] not in _READING:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
        headers = Headers(scope=scope)
        path = self._files.get_path(scope)
        found = await anyio.to_thread.run_sync(self._find, path, headers)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"Nothing is at {scope['path']}.")
        await self._answer(path, found, headers)(scope, receive, send)

    def _answer(self, path: str, found: _Found, headers: Headers) -> Response:
        told = {"Cache-Control": _FOR_EVER if path.startswith(_NAMED_BY_CONTENT) else _ASK_ANEW}
        told["Vary"] = "Accept-Encoding"
        if found.coding:
            told["Content-Encoding"] = found.coding
        answer = FileResponse(found.path, headers=told, media_type=found.media_type, stat_result=found.status)
        return NotModifiedResponse(answer.headers) if self._files.is_not_modified(answer.headers, headers) else answer

    def _find(self, path: str, headers: Headers) -> _Found | None:
        found = self._file(path, headers)
        if found is None and "text/html" in headers.get("accept", "") and not path.startswith(_NAMED_BY_CONTENT):
            return self._file(_PAGE, headers)
        return found

    def _file(self, path: str, headers: Headers) -> _Found | None:
        if path == ".":
            path = _PAGE
        plain = self._look_up(path)
        if plain is None:
            return None
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        for coding in _accepted(headers.get("accept-encoding", "")):
            smaller = self._look_up(path + _SUFFIXES[coding])
            if smaller is not None:
                return _Found(*smaller, media_type, coding)
        return _Found(*plain, media_type, None)

    def _look_up(self, path: str) -> tuple[str, os.stat_result] | None:
        try:
            full_path, status = self._files.lookup_path(path)
        except (OSError, ValueError):
            # A name that is too long, or has NUL in it.
            return None
        return (full_path, status) if status and Path(full_path).is_file() else None


def _accepted(accept_encoding: str) -> list[str]:
    """The codings that a client takes and the build may have (RFC 9110, 12.5.3), the smallest first."""
    taken = set()
    for part in accept_encoding.lower().split(","):
        coding, _, weight = (piece.strip() for piece in part.partition(";"))
        is_refused = weight.rstrip("0.") == "q="
        if not is_refused:
            taken.add(coding)
    return [coding for coding in _SUFFIXES if coding in taken]
