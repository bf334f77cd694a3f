"""`/videos/{id}/frames/{index}`: single frames as images."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query
from fiapx_common.http.content_disposition import content_disposition
from pydantic import AfterValidator
from starlette.responses import Response, StreamingResponse

from api_gateway.controllers.etags import etag_of, is_known
from api_gateway.controllers.piece_response import PieceResponse
from api_gateway.controllers.problems import Responses, problems
from api_gateway.controllers.readable_videos import ReadableVideos, ReadBy
from api_gateway.entities.errors import FrameNotFound
from api_gateway.entities.images import SHOWN, THUMBNAIL_WIDTHS, ImageFacts, Kept
from api_gateway.services.results import Results

_LARGEST_INDEX: Final = 2**31 - 1
_HEADERS: Final = {
    "ETag": {"description": "Strong: the digest of the bytes", "schema": {"type": "string"}},
    "Cache-Control": {"schema": {"type": "string"}},
    "Content-Disposition": {"schema": {"type": "string"}},
}


def _index(index: Annotated[str, Path(json_schema_extra={"pattern": "^[1-9][0-9]{0,9}$"})]) -> int:
    """What is no number from 1 names no frame."""
    if not (index.isascii() and index.isdigit()) or not 1 <= int(index[:11]) <= _LARGEST_INDEX:
        raise FrameNotFound
    return int(index)


def _known_width(width: int | None) -> int | None:
    if width is not None and width not in THUMBNAIL_WIDTHS:
        raise ValueError("must be 160, 320 or 640")
    return width


FrameIndex = Annotated[int, Depends(_index)]
Width = Annotated[
    int | None,
    AfterValidator(_known_width),
    Query(description="A thumbnail, JPEG, of this width in pixels", json_schema_extra={"enum": [*THUMBNAIL_WIDTHS]}),
]

Attempt = Annotated[
    int | None,
    Query(
        ge=1, le=_LARGEST_INDEX, description="Only of this attempt, `attempts` of the video; else there is no result"
    ),
]


class ImagesHttp:
    """Single frames."""

    def __init__(self, results: Results, videos: ReadableVideos) -> None:
        self._results = results
        self._videos = videos

    def router(self) -> APIRouter:
        """The route."""
        router = self._videos.router()
        image = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(SHOWN)}
        found: Responses = {200: {"description": "The image", "content": image, "headers": _HEADERS}}
        known: Responses = {304: {"description": "The client has it already", "headers": _HEADERS}}
        router.add_api_route(
            "/frames/{index}",
            self.image,
            methods=["GET"],
            response_class=StreamingResponse,
            responses=found
            | known
            | problems("invalid_request", self._videos.missing, "result_not_found", "frame_not_found", "not_ready")
            | problems("expired", "service_unavailable"),
        )
        return router

    async def image(
        self,
        readable: ReadBy,
        index: FrameIndex,
        *,
        width: Width = None,
        attempt: Attempt = None,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """One frame by its number in the plan, from 1: the image of the archive, or a thumbnail of it.

        While the video is processing, a frame that is not made yet is `not_ready`: ask again a little later.
        Reprocessing may put another image here; an address with `attempt` never has another one.
        """
        facts, kept, pieces = await self._results.image(readable, index, width or 0, attempt)
        headers = _headers(facts, kept)
        if is_known(if_none_match, headers["ETag"]):
            await pieces.aclose()
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        headers["Content-Length"] = str(facts.size_bytes)
        return await PieceResponse.begin(pieces, facts.content_type, headers)


def _headers(facts: ImageFacts, kept: Kept | None) -> dict[str, str]:
    """An image that is `kept` never changes: browsers may keep it as long as it is kept here, and not ask again.

    Any other may be followed by one of another attempt: whoever kept it asks whether it is still so.
    """
    caching = "no-cache" if kept is None else f"max-age={kept.seconds(datetime.now(UTC))}, immutable"
    kind = "inline" if facts.content_type in SHOWN else "attachment"
    return {
        "ETag": etag_of(facts.sha256),
        "Cache-Control": f"private, {caching}",
        "Content-Disposition": content_disposition(facts.name, kind),
    }
