"""`POST /videos`: a form with one file, streamed through."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from fiapx_models.options import EXAMPLES
from starlette.requests import Request
from starlette.responses import Response

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.bodies import declared_bytes, pieces_in_time
from api_gateway.controllers.dto import API, VideoDto
from api_gateway.controllers.idempotency_key import IdempotencyKey
from api_gateway.controllers.multipart import MultipartReader, read_boundary
from api_gateway.controllers.problems import LOCATION, REPEATABLE, Responses, problems
from api_gateway.controllers.routes import KeyRoute, caller_router
from api_gateway.entities.form_parts import FormPart
from api_gateway.services.uploading import Uploading

_FORM: Final[Mapping[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["video"],
                    "additionalProperties": False,
                    "properties": {
                        "video": {"type": "string", "format": "binary", "description": "The file; alias `file`"},
                        "options": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "contentSchema": {"$ref": "#/components/schemas/Options"},
                            "examples": [json.dumps(example) for example in EXAMPLES.values()],
                        },
                        "external_id": {"type": "string", "maxLength": 200},
                        "metadata": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "description": "An object in JSON, at most 4096 bytes; kept and given back",
                        },
                        "tags": {
                            "type": "string",
                            "description": "With commas between them, or as a JSON list; may be given repeatedly",
                            "examples": ["holiday,2026"],
                        },
                    },
                },
                "example": {
                    "video": "(the file)",
                    "options": json.dumps({"sampling": {"rule": "fps", "fps": 1}}),
                    "tags": "holiday,2026",
                },
            }
        },
    }
}


class UploadsHttp:
    """Streamed uploads."""

    def __init__(self, uploading: Uploading, idle_s: float) -> None:
        self._uploading = uploading
        self._idle_s = idle_s

    def router(self) -> APIRouter:
        """The route."""
        router = caller_router(KeyRoute, prefix=f"{API}/videos", tags=["videos"])
        accepted: Responses = {202: {"headers": LOCATION}}
        router.add_api_route(
            "",
            self.upload,
            methods=["POST"],
            status_code=HTTPStatus.ACCEPTED,
            openapi_extra=dict(_FORM),
            responses=accepted
            | problems(
                "video_quota_exceeded",
                "file_too_large",
                "not_multipart",
                "unsupported_container",
                "no_file",
                "empty_file",
                "invalid_options",
                "malformed_multipart",
                *REPEATABLE,
                *("uploads_busy", "service_unavailable"),
            ),
        )
        return router

    async def upload(
        self, caller: CurrentCaller, request: Request, response: Response, key: IdempotencyKey
    ) -> VideoDto:
        """Takes a video in. Its frames follow; ask for its state, or for the list of your videos.

        Sent again under its `Idempotency-Key`, the file is read and compared, and the answer is the first one.
        """
        body_bytes = declared_bytes(request)
        reader = MultipartReader(read_boundary(request.headers.get("content-type", "")))
        self._uploading.check_size(body_bytes or 0)
        async with aclosing(self._parts(request, reader)) as parts:
            video = await self._uploading.upload(caller, body_bytes, parts, key)
        response.headers["Location"] = f"{API}/videos/{video.id}"
        return VideoDto.of(video)

    async def _parts(self, request: Request, reader: MultipartReader) -> AsyncGenerator[FormPart]:
        body_bytes = 0
        async with aclosing(pieces_in_time(request, self._idle_s)) as pieces:
            async for piece in pieces:
                body_bytes += len(piece)
                self._uploading.check_size(body_bytes)
                for part in reader.feed(piece):
                    yield part
        reader.finish()
