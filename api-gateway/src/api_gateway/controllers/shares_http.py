"""`/videos/{id}/shares`: links to a video, for its owner; `/shares/{token}`: the video, for whoever has one."""

from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Body, Query
from starlette.requests import Request

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API, ShortText
from api_gateway.controllers.idempotency_key import IdempotencyKey
from api_gateway.controllers.next_page import LINK_HEADER, ToNextPage
from api_gateway.controllers.problems import REPEATABLE, Responses, problems
from api_gateway.controllers.readable_videos import ReadableVideos, ReadBy, ShareToken
from api_gateway.controllers.routes import KeyRoute, caller_router
from api_gateway.controllers.shares_dto import NewShareDto, ShareDto, SharedVideoDto, SharePageDto, ShareRequest
from api_gateway.controllers.video_ids import VideoId
from api_gateway.controllers.videos_http import Limit
from api_gateway.services.sharing import Sharing

_DEFAULT_LIMIT: Final = 50


class SharesHttp:
    """Links of the caller's videos."""

    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(KeyRoute, prefix=f"{API}/videos/{{video_id}}/shares", tags=["shares"])
        down = problems("service_unavailable")
        linked: Responses = {200: {"headers": LINK_HEADER}}
        router.add_api_route(
            "",
            self.make,
            methods=["POST"],
            status_code=HTTPStatus.CREATED,
            responses=problems(
                "video_not_found",
                "share_not_found",
                "too_many_shares",
                "expired",
                "body_too_large",
                "invalid_request",
                "invalid_share",
                *REPEATABLE,
            )
            | down,
        )
        router.add_api_route(
            "",
            self.some,
            methods=["GET"],
            responses=linked | problems("video_not_found", "invalid_request", "invalid_cursor") | down,
        )
        router.add_api_route(
            "/{share_id}",
            self.revoke,
            methods=["DELETE"],
            status_code=HTTPStatus.NO_CONTENT,
            responses=problems("video_not_found", "share_not_found") | down,
        )
        return router

    async def make(
        self,
        caller: CurrentCaller,
        video_id: VideoId,
        request: Request,
        key: IdempotencyKey,
        wanted: Annotated[ShareRequest | None, Body()] = None,
    ) -> NewShareDto:
        """Makes a link by which whoever has it may see this video's frames, without an account, and nothing else.

        It shows what the present attempt gave, also after reprocessing; neither there nor in the archive's manifest are
        your `external_id`, `metadata` and tags. Sent again under its `Idempotency-Key`, the answer is the same share
        with a new token; the one before is good no longer.
        """
        wish = (wanted or ShareRequest.model_validate({})).wish()
        share, token = await self._sharing.make(caller, video_id, wish, key)
        return NewShareDto(**ShareDto.of(share).model_dump(), token=token, url=_address(request, token))

    async def some(
        self,
        caller: CurrentCaller,
        video_id: VideoId,
        limit: Limit = _DEFAULT_LIMIT,
        cursor: Annotated[ShortText, Query()] = "",
        *,
        next_page: ToNextPage,
    ) -> SharePageDto:
        """The links of this video that are good, the newest first."""
        page = await self._sharing.page(caller, video_id, limit, cursor)
        next_page.tell(page.next_cursor)
        return SharePageDto(items=[ShareDto.of(share) for share in page.items], next_cursor=page.next_cursor)

    async def revoke(self, caller: CurrentCaller, video_id: VideoId, share_id: UUID) -> None:
        """Revokes a link for good; within a second nothing accepts it any more.

        An address of the archive that somebody was given before stays good for at most 15 minutes.
        """
        await self._sharing.revoke(caller, video_id, share_id)


class SharedHttp:
    """The video that a link opens."""

    def __init__(self, sharing: Sharing, videos: ReadableVideos) -> None:
        self._sharing = sharing
        self._videos = videos

    def router(self) -> APIRouter:
        """The route; those of results are below it."""
        router = self._videos.router()
        missing = problems(self._videos.missing, "service_unavailable")
        router.add_api_route("", self.video, methods=["GET"], responses=missing)
        return router

    async def video(self, readable: ReadBy, token: ShareToken) -> SharedVideoDto:
        """The video that this link opens, with addresses of what can be had of it."""
        return SharedVideoDto.of(await self._sharing.video(readable), readable, token)


def _address(request: Request, token: str) -> str:
    """Where the link leads, at the host that the caller has asked."""
    scheme = "https" if request.state.over_tls else "http"
    return str(request.url.replace(scheme=scheme, path=f"{API}/shares/{token}", query=""))
