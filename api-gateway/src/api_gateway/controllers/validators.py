"""The middleware by which reads are told of once: an ETag, and 304 for whoever has it (RFC 9110, 13.1.2)."""

from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_gateway.controllers.etags import etag_of_bytes, is_known
from api_gateway.controllers.problems import STREAMED

_PREFIX: Final = "/api/v1/"
_KINDS: Final = ("application/json", "text/vtt")
_ASK_AGAIN: Final = "private, no-cache"
_OF_A_BODY: Final = ("Content-Length", "Content-Type", "Content-Disposition")
_HEADER: Final = "If-None-Match"


class Validators:
    """Gives small answers to GET the ETag of their bytes, unless they have one. It asks nobody anything.

    What is streamed has no length yet and passes as it comes: its routes know its validator, or it has none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        known = ",".join(Headers(scope=scope).getlist(_HEADER)) or None
        waiting: list[Message] = []

        async def validated(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_small_read(message):
                waiting.append(message)
                return
            if waiting:
                start = waiting.pop()
                if not message.get("more_body"):
                    message = _judged(start, message, known)
                await send(start)
            await send(message)

        await self._app(scope, receive, validated)


def tell_validators(document: dict[str, Any]) -> None:
    """In the OpenAPI document, where a read's answer is small."""
    for path, calls in document["paths"].items():
        call = calls.get("get", {"responses": {}})
        found = call["responses"].get("200", {})
        kinds = [kind for kind in found.get("content", {}) if kind in _KINDS]
        is_told = "304" in call["responses"] or found.get("description") == STREAMED
        if not path.startswith(_PREFIX) or not kinds or is_told:
            continue
        etag = {"ETag": {"description": "Another one after each change", "schema": {"type": "string"}}}
        found["headers"] = etag | found.get("headers", {})
        call["responses"]["304"] = {"description": "You have it already", "headers": etag}
        call.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": _HEADER,
                "description": "An `ETag` that you have: if it is still so, the answer is 304 without a body.",
                "required": False,
                "schema": {"type": "string"},
            }
        )


def _is_small_read(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_read = start["status"] == HTTPStatus.OK and headers.get("content-type", "").startswith(_KINDS)
    return is_read and "content-length" in headers


def _judged(start: Message, body: Message, known: str | None) -> Message:
    """The body that is sent; writes the headers, and the status where it is none."""
    headers = MutableHeaders(raw=start["headers"])
    headers.setdefault("ETag", etag_of_bytes(body.get("body", b"")))
    headers.setdefault("Cache-Control", _ASK_AGAIN)
    if not is_known(known, headers["ETag"]):
        return body
    start["status"] = HTTPStatus.NOT_MODIFIED
    for name in _OF_A_BODY:
        del headers[name]
    return {**body, "body": b""}
