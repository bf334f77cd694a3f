"""Which video a request may read: its caller's own, or that of a link. The routes are the same below both."""

from typing import Annotated, Final, Protocol

from fastapi import APIRouter, Depends, Path
from fiapx_common.errors import NotFound
from starlette.requests import Request
from starlette.responses import Response

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API
from api_gateway.controllers.problems import problems
from api_gateway.controllers.routes import Handler, KeyRoute, StrictRoute, caller_router
from api_gateway.controllers.video_ids import VideoId
from api_gateway.entities.errors import ShareNotFound, VideoNotFound
from api_gateway.entities.shares import ReadableVideo
from api_gateway.services.sharing import Sharing

EXAMPLE: Final = "fs_x3Zt9aR0vYp5mJq1c7KdLw2hTn8sBg4uEf6iXoA9yZk"
ShareToken = Annotated[
    str,
    Path(
        description="As it was told when the share was made",
        json_schema_extra={"pattern": "^fs_[A-Za-z0-9_-]{43}$"},
        examples=[EXAMPLE],
    ),
]


class ReadableVideos(Protocol):
    """A way to a video."""

    @property
    def missing(self) -> str:
        """The problem's code where there is none."""

    def router(self) -> APIRouter:
        """Routes below the video: what they read is `ReadBy`."""


class OwnVideos:
    """By an access token, a browser's cookie or an API key."""

    missing = "video_not_found"

    def router(self) -> APIRouter:
        return caller_router(
            KeyRoute, prefix=f"{API}/videos/{{video_id}}", tags=["results"], dependencies=[Depends(_own)]
        )


class SharedVideos:
    """By a link's token alone."""

    missing = "share_not_found"

    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing

    def router(self) -> APIRouter:
        return APIRouter(
            route_class=_SharedRoute,
            prefix=f"{API}/shares/{{token}}",
            tags=["shares"],
            responses=problems("invalid_request", "rate_limited"),
            dependencies=[Depends(self._opened)],
        )

    async def _opened(self, request: Request, token: ShareToken) -> None:
        request.state.readable = await self._sharing.open(token)


class _SharedRoute(StrictRoute):
    """Whoever has a link may come. A video that is deleted a moment after it was opened is as one without a link."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def shared(request: Request) -> Response:
            try:
                return await handle(request)
            except NotFound as error:
                if error.code == VideoNotFound().code:
                    raise ShareNotFound from error
                raise

        return shared


async def _own(request: Request, caller: CurrentCaller, video_id: VideoId) -> None:
    request.state.readable = ReadableVideo(caller.user_id, video_id)


async def _readable(request: Request) -> ReadableVideo:
    """Left there by the router's own dependency, which comes first."""
    readable: ReadableVideo = request.state.readable
    return readable


ReadBy = Annotated[ReadableVideo, Depends(_readable)]
