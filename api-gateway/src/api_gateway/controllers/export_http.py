"""`/me/export`: all that is kept of the caller."""

from typing import Final

from fastapi import APIRouter
from fiapx_common.http.content_disposition import content_disposition
from starlette.responses import Response, StreamingResponse

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API
from api_gateway.controllers.export_dto import ExportDto
from api_gateway.controllers.export_writer import written
from api_gateway.controllers.piece_response import PieceResponse
from api_gateway.controllers.problems import STREAMED, Responses, problems
from api_gateway.controllers.routes import caller_router
from api_gateway.services.exporting import Exporting

_NAMED: Final = {
    "Content-Disposition": {
        "schema": {"type": "string"},
        "example": 'attachment; filename="fiapx-export-2026-11-30.json"',
    }
}


class ExportHttp:
    """The caller's own data."""

    def __init__(self, exporting: Exporting) -> None:
        self._exporting = exporting

    def router(self) -> APIRouter:
        """The route."""
        router = caller_router(prefix=f"{API}/me", tags=["me"])
        shown: Responses = {200: {"model": ExportDto, "description": STREAMED, "headers": _NAMED}}
        router.add_api_route(
            "/export",
            self.export,
            methods=["GET"],
            response_class=StreamingResponse,
            responses=shown | problems("service_unavailable"),
        )
        return router

    async def export(self, caller: CurrentCaller) -> Response:
        """All that is kept of you, as one file.

        That is account, sessions, videos with histories and links, mails, and webhooks with the messages to them.
        Frames are not in it: each completed video links to its archive, `frames_zip`, and says until when it is kept.
        Passwords, tokens and keys are left out. It is written while it is read: if a service fails meanwhile, the
        connection is cut and the JSON is not closed; please ask again then.
        """
        export = await self._exporting.begin(caller)
        name = f"fiapx-export-{export.at:%Y-%m-%d}.json"
        headers = {"Content-Disposition": content_disposition(name), "Cache-Control": "no-store"}
        return await PieceResponse.begin(written(export), "application/json", headers)
