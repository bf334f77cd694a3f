"""`/videos/{id}/frames…`: what came out of a video."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, StreamingResponse

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.cursors import read_cursor, write_cursor
from api_gateway.controllers.dto import API, FrameDto, FramePageDto, ShortText
from api_gateway.controllers.problems import LOCATION, Responses, problems
from api_gateway.controllers.routes import caller_router
from api_gateway.controllers.video_ids import VideoId
from api_gateway.controllers.videos_http import Limit
from api_gateway.services.results import Results


class ResultsHttp:
    """Archives, frames, manifests."""

    def __init__(self, results: Results) -> None:
        self._results = results

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(prefix=API + "/videos/{video_id}", tags=["results"])
        redirected: Responses = {307: {"headers": LOCATION}}
        json: Responses = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}
        missing = problems("video_not_found", "not_ready", "expired", "service_unavailable")
        router.add_api_route(
            "/frames.zip",
            self.archive,
            methods=["GET"],
            status_code=HTTPStatus.TEMPORARY_REDIRECT,
            response_class=RedirectResponse,
            responses=redirected | missing,
        )
        router.add_api_route(
            "/frames", self.frames, methods=["GET"], responses=problems("invalid_request", "invalid_cursor") | missing
        )
        router.add_api_route(
            "/manifest.json",
            self.manifest,
            methods=["GET"],
            response_class=StreamingResponse,
            responses=json | missing,
        )
        return router

    async def archive(self, caller: CurrentCaller, video_id: VideoId) -> RedirectResponse:
        """Where `frames.zip` lies for the next minutes; `Range` works there."""
        return RedirectResponse(await self._results.archive_url(caller, video_id))

    async def frames(
        self,
        caller: CurrentCaller,
        video_id: VideoId,
        limit: Limit = 50,
        cursor: Annotated[ShortText, Query()] = "",
    ) -> FramePageDto:
        """Rows of the manifest, in the order of their index."""
        page = await self._results.frames(caller, video_id, limit, read_cursor(cursor))
        following = write_cursor(page.frames[-1].index) if page.more and page.frames else None
        return FramePageDto(items=[FrameDto.of(frame) for frame in page.frames], next_cursor=following)

    async def manifest(self, caller: CurrentCaller, video_id: VideoId) -> StreamingResponse:
        """The manifest: how each frame was made, and where it lies in the archive."""
        pieces = await self._results.manifest(caller, video_id)
        # The first piece is awaited here, while an error can still become a problem.
        first = await anext(pieces, b"")
        return StreamingResponse(_after(first, pieces), media_type="application/json")


async def _after(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece
