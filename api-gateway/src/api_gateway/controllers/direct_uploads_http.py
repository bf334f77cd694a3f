"""`/uploads`: files that clients send to the store by themselves, in parts."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API, VideoDto
from api_gateway.controllers.idempotency_key import IdempotencyKey
from api_gateway.controllers.problems import LOCATION, REPEATABLE, Responses, problems
from api_gateway.controllers.routes import LargeBodyRoute, caller_router
from api_gateway.controllers.upload_dto import (
    CompletionRequest,
    PartsRequest,
    SignedPartsDto,
    UploadDto,
    UploadRequest,
    UploadStateDto,
)
from api_gateway.controllers.video_ids import UploadId
from api_gateway.services.direct_uploading import DirectUploading


class DirectUploadsHttp:
    """Uploads in parts."""

    def __init__(self, uploading: DirectUploading) -> None:
        self._uploading = uploading

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(LargeBodyRoute, prefix=f"{API}/uploads", tags=["uploads"])
        made: Responses = {201: {"headers": LOCATION}}
        accepted: Responses = {202: {"headers": LOCATION}}
        one = problems("video_not_found", "upload_not_found", "service_unavailable")
        ended = problems("upload_completed", "upload_ended", "upload_expired")
        router.add_api_route(
            "",
            self.begin,
            methods=["POST"],
            status_code=HTTPStatus.CREATED,
            responses=made
            | problems(
                "video_quota_exceeded",
                "file_too_large",
                "body_too_large",
                "invalid_options",
                *REPEATABLE,
                "service_unavailable",
            ),
        )
        router.add_api_route("/{upload_id}", self.get, methods=["GET"], responses=ended | one)
        router.add_api_route(
            "/{upload_id}", self.abort, methods=["DELETE"], status_code=HTTPStatus.NO_CONTENT, responses=ended | one
        )
        router.add_api_route(
            "/{upload_id}/parts", self.sign, methods=["POST"], responses=ended | problems("body_too_large") | one
        )
        router.add_api_route(
            "/{upload_id}/complete",
            self.complete,
            methods=["POST"],
            status_code=HTTPStatus.ACCEPTED,
            responses=accepted
            | problems(
                "upload_incomplete",
                "part_size_mismatch",
                "part_etag_mismatch",
                "upload_ended",
                "upload_expired",
                "body_too_large",
                "unsupported_container",
            )
            | one,
        )
        return router

    async def begin(
        self, caller: CurrentCaller, wanted: UploadRequest, response: Response, key: IdempotencyKey
    ) -> UploadDto:
        """Begins an upload in parts. The video exists from now on, `uploading`."""
        upload = await self._uploading.begin(caller, wanted.wanted(), key)
        response.headers["Location"] = f"{API}/uploads/{upload.id}"
        return UploadDto.of(upload)

    async def get(self, caller: CurrentCaller, upload_id: UploadId) -> UploadStateDto:
        """What the store has of it, to go on after an interruption."""
        return UploadStateDto.of(await self._uploading.get(caller, upload_id))

    async def sign(self, caller: CurrentCaller, upload_id: UploadId, wanted: PartsRequest) -> SignedPartsDto:
        """Where these parts may be PUT, each with exactly its bytes as the body."""
        return SignedPartsDto.of(await self._uploading.sign(caller, upload_id, wanted.part_numbers))

    async def complete(
        self,
        caller: CurrentCaller,
        upload_id: UploadId,
        response: Response,
        told: Annotated[CompletionRequest | None, Body()] = None,
    ) -> VideoDto:
        """Joins the parts after asking the store for them. May be repeated."""
        parts = [part.entity() for part in (told.parts if told else None) or ()]
        video = await self._uploading.complete(caller, upload_id, parts)
        response.headers["Location"] = f"{API}/videos/{video.id}"
        return VideoDto.of(video)

    async def abort(self, caller: CurrentCaller, upload_id: UploadId) -> None:
        """Gives the upload up; nothing of it is kept."""
        await self._uploading.abort(caller, upload_id)
