"""`/videos`: the caller's videos."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fiapx_models.statuses import VideoStatus

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API, ShortText, VideoDto, VideoPageDto
from api_gateway.controllers.idempotency_key import IdempotencyKey
from api_gateway.controllers.next_page import LINK_HEADER, ToNextPage
from api_gateway.controllers.problems import REPEATABLE, Responses, problems
from api_gateway.controllers.routes import KeyRoute, LargeBodyRoute, caller_router
from api_gateway.controllers.upload_dto import ReprocessRequest
from api_gateway.controllers.video_ids import VideoId
from api_gateway.entities.videos import VideoFilter
from api_gateway.services.library import Library

Limit = Annotated[int, Query(ge=1, le=200)]
Filter = Annotated[ShortText, Query()]
_DEFAULT_LIMIT: Final = 50


class VideosHttp:
    """Looking into and changing videos."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(KeyRoute, prefix=f"{API}/videos", tags=["videos"])
        down = problems("service_unavailable")
        one = problems("video_not_found") | down
        linked: Responses = {200: {"headers": LINK_HEADER}}
        router.add_api_route("", self.list, methods=["GET"], responses=linked | down)
        router.add_api_route("/{video_id}", self.get, methods=["GET"], responses=one)
        router.add_api_route(
            "/{video_id}", self.delete, methods=["DELETE"], status_code=HTTPStatus.NO_CONTENT, responses=one
        )
        router.add_api_route(
            "/{video_id}/cancel", self.cancel, methods=["POST"], responses=problems("not_cancellable") | one
        )
        router.add_api_route(
            "/{video_id}/retry",
            self.retry,
            methods=["POST"],
            responses=problems("not_retryable", "source_expired") | one,
        )
        router.add_api_route(
            "/{video_id}/reprocess",
            self.reprocess,
            methods=["POST"],
            route_class_override=LargeBodyRoute,
            responses=problems(
                "video_not_found",
                "not_reprocessable",
                "source_expired",
                "storage_quota_exceeded",
                "body_too_large",
                "invalid_request",
                "invalid_options",
                *REPEATABLE,
            )
            | down,
        )
        return router

    async def list(
        self,
        caller: CurrentCaller,
        *,
        status: Annotated[VideoStatus | None, Query()] = None,
        q: Annotated[ShortText, Query(description="Part of the file's name")] = "",
        tag: Filter = "",
        external_id: Filter = "",
        limit: Limit = _DEFAULT_LIMIT,
        cursor: Filter = "",
        next_page: ToNextPage,
    ) -> VideoPageDto:
        """Your videos, newest first."""
        wanted = VideoFilter(status.value if status else "", q, tag, external_id)
        page = await self._library.list(caller, wanted, limit, cursor)
        next_page.tell(page.next_cursor)
        return VideoPageDto(items=[VideoDto.of(video) for video in page.videos], next_cursor=page.next_cursor)

    async def get(self, caller: CurrentCaller, video_id: VideoId) -> VideoDto:
        """One of your videos."""
        return VideoDto.of(await self._library.get(caller, video_id))

    async def delete(self, caller: CurrentCaller, video_id: VideoId) -> None:
        """Removes a video and all that came out of it, in any state."""
        await self._library.delete(caller, video_id)

    async def cancel(self, caller: CurrentCaller, video_id: VideoId) -> VideoDto:
        """Stops the work on a video."""
        return VideoDto.of(await self._library.cancel(caller, video_id))

    async def reprocess(
        self, caller: CurrentCaller, video_id: VideoId, wanted: ReprocessRequest, key: IdempotencyKey
    ) -> VideoDto:
        """Begins a new attempt with these options on the file that is kept, however the one before ended.

        The answer is the video as it waits: `queued`, with one more in `attempts`. The frames of the attempt before can
        no longer be had.
        """
        return VideoDto.of(await self._library.reprocess(caller, video_id, wanted.options_json, key))

    async def retry(self, caller: CurrentCaller, video_id: VideoId) -> VideoDto:
        """Begins a new attempt of a failed or cancelled video."""
        return VideoDto.of(await self._library.retry(caller, video_id))
