"""`/videos/{id}/contact-sheet.jpg`, `/sprite.vtt` and its sprites: a result at a glance."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Query
from fiapx_common.http.content_disposition import content_disposition
from pydantic import AfterValidator
from starlette.responses import Response, StreamingResponse

from api_gateway.controllers.etags import etag_of, is_known
from api_gateway.controllers.piece_response import PieceResponse
from api_gateway.controllers.problems import Responses, problems
from api_gateway.controllers.readable_videos import ReadableVideos, ReadBy
from api_gateway.controllers.webvtt import webvtt
from api_gateway.entities.errors import SpriteNotFound
from api_gateway.entities.images import ImageFacts
from api_gateway.entities.previews import SheetShape
from api_gateway.services.overviews import Overviews
from api_gateway.services.ports import Pieces

_MOST_CELLS: Final = 8
_WIDTHS: Final = (160, 320)
_LARGEST_NUMBER: Final = 2**31 - 1
_ASK_AGAIN: Final = "private, no-cache"
"""A later attempt's overview has the same address."""
_JPEG: Final[Responses] = {
    200: {
        "description": "The image",
        "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
        "headers": {"ETag": {"description": "Strong: the digest of the bytes", "schema": {"type": "string"}}},
    },
    304: {"description": "The client has it already"},
}
_VTT_EXAMPLE: Final = """\
WEBVTT

00:00:00.000 --> 00:00:01.000
sprites/1.jpg#xywh=0,0,160,90

00:00:01.000 --> 00:00:02.000
sprites/1.jpg#xywh=160,0,160,90
"""
_VTT: Final[Responses] = {
    200: {
        "description": "WebVTT; addresses are relative to this one",
        "content": {"text/vtt": {"schema": {"type": "string"}, "example": _VTT_EXAMPLE}},
    }
}


def _known_width(width: int) -> int:
    if width not in _WIDTHS:
        raise ValueError("must be 160 or 320")
    return width


def _number(number: Annotated[str, Path(json_schema_extra={"pattern": "^[1-9][0-9]{0,9}$"}, examples=["1"])]) -> int:
    """What is no number from 1 names no sprite."""
    if not (number.isascii() and number.isdigit()) or not 1 <= int(number[:11]) <= _LARGEST_NUMBER:
        raise SpriteNotFound
    return int(number)


Cells = Annotated[int, Query(ge=1, le=_MOST_CELLS)]
Width = Annotated[
    int,
    AfterValidator(_known_width),
    Query(description="The longer side of each picture at most, in pixels", json_schema_extra={"enum": [*_WIDTHS]}),
]


class OverviewsHttp:
    """Contact sheets, and sprites with their index."""

    def __init__(self, overviews: Overviews, videos: ReadableVideos) -> None:
        self._overviews = overviews
        self._videos = videos

    def router(self) -> APIRouter:
        """The routes."""
        router = self._videos.router()
        missing = problems(self._videos.missing, "result_not_found", "not_ready", "expired", "service_unavailable")
        image: dict[str, Any] = {"methods": ["GET"], "response_class": StreamingResponse}
        router.add_api_route("/contact-sheet.jpg", self.contact_sheet, responses=_JPEG | missing, **image)
        router.add_api_route(
            "/sprite.vtt", self.tiles, methods=["GET"], response_class=Response, responses=_VTT | missing
        )
        sprite_missing = problems(
            self._videos.missing, "result_not_found", "sprite_not_found", "not_ready", "expired", "service_unavailable"
        )
        router.add_api_route("/sprites/{number}.jpg", self.sprite, responses=_JPEG | sprite_missing, **image)
        return router

    async def contact_sheet(
        self,
        readable: ReadBy,
        *,
        columns: Cells = 4,
        rows: Cells = 5,
        width: Width = 320,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Frames evenly over the result, in columns and rows. It is made when it is first asked for, then kept."""
        shape = SheetShape(columns, rows, width)
        return await _image(*await self._overviews.contact_sheet(readable, shape), if_none_match)

    async def tiles(self, readable: ReadBy) -> Response:
        """What a player shows above its time line: for each time the part of a sprite, as a media fragment."""
        text = webvtt(await self._overviews.tiles(readable))
        return Response(text, media_type="text/vtt", headers={"Cache-Control": _ASK_AGAIN})

    async def sprite(
        self,
        readable: ReadBy,
        number: Annotated[int, Depends(_number)],
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """One of the sprites that `sprite.vtt` names. It is made when it is first asked for, then kept."""
        return await _image(*await self._overviews.sprite(readable, number), if_none_match)


async def _image(facts: ImageFacts, pieces: Pieces, if_none_match: str | None) -> Response:
    headers = {
        "ETag": etag_of(facts.sha256),
        "Cache-Control": _ASK_AGAIN,
        "Content-Disposition": content_disposition(facts.name, "inline"),
    }
    if is_known(if_none_match, headers["ETag"]):
        await pieces.aclose()
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Length"] = str(facts.size_bytes)
    return await PieceResponse.begin(pieces, facts.content_type, headers)
