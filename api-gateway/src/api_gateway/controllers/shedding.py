"""The middleware that refuses an upload while the gateway has no place for any."""

from typing import Final

from fiapx_common.http.problem import problem_response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api_gateway.controllers.dto import API
from api_gateway.controllers.problem_words import words_of
from api_gateway.entities.errors import UploadsBusy
from api_gateway.services.uploading import Uploading

UPLOADS_PATH: Final = f"{API}/videos"


class Shedding:
    """Refuses before anybody looks who it is: what a refusal costs is taken from the uploads that are under way."""

    def __init__(self, app: ASGIApp, uploading: Uploading) -> None:
        self._app = app
        self._uploading = uploading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_upload(scope) and self._uploading.is_full:
            refusal = problem_response(UploadsBusy(), Headers(scope=scope), words_of)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_upload(scope: Scope) -> bool:
    return (scope["type"], scope.get("method"), scope.get("path")) == ("http", "POST", UPLOADS_PATH)
