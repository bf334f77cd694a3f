"""`/events` and `/videos/{id}/events`: videos as they change, as Server-Sent Events."""

import json
from collections.abc import AsyncGenerator
from functools import partial
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

import structlog
from fastapi import APIRouter, Header
from fiapx_common.errors import Unavailable
from fiapx_models.statuses import TERMINAL
from sse_starlette import ServerSentEvent
from starlette.responses import Response, StreamingResponse

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API, VideoDto
from api_gateway.controllers.event_stream import EventStream, OpenStreams, StreamTimes
from api_gateway.controllers.export_example import VIDEO
from api_gateway.controllers.problems import Responses, problems
from api_gateway.controllers.routes import KeyRoute, caller_router
from api_gateway.controllers.video_ids import VideoId
from api_gateway.entities.callers import Caller
from api_gateway.entities.changes import VideoChange, read_seq
from api_gateway.services.following import Following

log = structlog.get_logger(__name__)

LastEventId = Annotated[
    str | None,
    Header(description="The id of the last event seen: those after it come first. An id that isn't ours is ignored."),
]
_COME_AGAIN_MS: Final = 2000
_EXAMPLE: Final = f"id: 41\nevent: video\ndata: {json.dumps(VIDEO)}\n\n"
_STREAM: Final[Responses] = {
    200: {
        "description": "Events `video` with the video's JSON, `deleted` with its id; comments in between",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


class EventsHttp:
    """Streams of changes.

    A `Last-Event-ID` that is not ours is ignored instead of refused: an EventSource sends it by itself, cannot
    change it and would never come again after a 422; whoever opens a stream asks for the present state anyway.
    """

    def __init__(self, following: Following, streams: OpenStreams, times: StreamTimes) -> None:
        self._following = following
        self._streams = streams
        self._times = times

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(KeyRoute, prefix=API, tags=["events"])
        down = problems("too_many_streams", "service_unavailable")
        router.add_api_route(
            "/events", self.all, methods=["GET"], response_class=StreamingResponse, responses=_STREAM | down
        )
        ended: Responses = {204: {"description": "The video has ended, and its last event was seen: do not come again"}}
        router.add_api_route(
            "/videos/{video_id}/events",
            self.one,
            methods=["GET"],
            response_class=StreamingResponse,
            responses=_STREAM | ended | problems("video_not_found") | down,
        )
        return router

    async def all(self, caller: CurrentCaller, last_event_id: LastEventId = None) -> Response:
        """All of your videos as they change, as long as the access token and its session last."""
        return await self._stream(caller, None, read_seq(last_event_id))

    async def one(self, caller: CurrentCaller, video_id: VideoId, last_event_id: LastEventId = None) -> Response:
        """One video: as it is, then as it changes; closes after a terminal state."""
        return await self._stream(caller, video_id, read_seq(last_event_id))

    async def _stream(self, caller: Caller, video_id: UUID | None, after_seq: int | None) -> Response:
        self._streams.admit()
        changes = self._following.follow(caller, video_id, after_seq)
        # The first one is awaited here, while an error can still become a problem.
        first = await anext(changes, None)
        if video_id is not None and first is not None and first.is_empty:
            first = await anext(changes, None)
        if video_id is not None and _is_old_news(first, after_seq):
            await changes.aclose()
            return Response(status_code=HTTPStatus.NO_CONTENT)
        over = partial(self._following.session_over, caller)
        return EventStream(_events(first, changes), changes, self._streams, self._times, over)


def _is_old_news(first: VideoChange | None, after_seq: int | None) -> bool:
    """The client has seen the end: only 204 keeps an EventSource from opening an ended stream again and again."""
    ended = first is not None and first.video is not None and first.video.status in TERMINAL
    return ended and after_seq is not None and first is not None and first.seq <= after_seq


async def _events(first: VideoChange | None, changes: AsyncGenerator[VideoChange]) -> AsyncGenerator[ServerSentEvent]:
    yield ServerSentEvent(comment="open", retry=_COME_AGAIN_MS, sep="\n")
    try:
        if first is not None:
            yield _event(first)
        async for change in changes:
            yield _event(change)
    except Unavailable as error:
        # Whoever follows comes again with the id of the last event, perhaps to another replica.
        log.info("events.interrupted", code=error.code)


def _event(change: VideoChange) -> ServerSentEvent:
    seq = str(change.seq) if change.seq else None
    if change.video is not None:
        return ServerSentEvent(VideoDto.of(change.video).model_dump_json(), event="video", id=seq, sep="\n")
    if change.deleted_id is not None:
        return ServerSentEvent(json.dumps({"id": str(change.deleted_id)}), event="deleted", id=seq, sep="\n")
    return ServerSentEvent(comment="watching", sep="\n")
