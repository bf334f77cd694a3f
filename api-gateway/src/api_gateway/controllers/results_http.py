"""`/videos/{id}/frames…`: what came out of a video."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query
from fiapx_common.http.content_disposition import content_disposition
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api_gateway.controllers.cursors import read_cursor, write_cursor
from api_gateway.controllers.dto import ShortText
from api_gateway.controllers.etags import etag_of, is_known
from api_gateway.controllers.frames_dto import FrameDto, FramePageDto
from api_gateway.controllers.next_page import LINK_HEADER, ToNextPage
from api_gateway.controllers.piece_response import PieceResponse
from api_gateway.controllers.problems import LOCATION, STREAMED, Responses, problems
from api_gateway.controllers.readable_videos import ReadableVideos, ReadBy
from api_gateway.controllers.videos_http import Limit
from api_gateway.entities.frame_ranges import read_ranges
from api_gateway.entities.shares import ReadableVideo
from api_gateway.entities.videos import ManifestForm
from api_gateway.services.results import Results

IfNoneMatch = Annotated[str | None, Header()]
_KINDS: Final = {ManifestForm.JSON: "application/json", ManifestForm.CSV: "text/csv; charset=utf-8"}
_KNOWN: Final = {"ETag": {"description": "The same as long as the attempt is", "schema": {"type": "string"}}}
_SCHEMAS: Final = {"application/json": {"type": "object"}, "text/csv": {"type": "string"}}
_EXAMPLES: Final = {
    "application/json": {
        "version": 1,
        "video": {"filename": "holiday.mp4"},
        "options": {"sampling": {"rule": "fps", "fps": 1}},
        "warnings": [],
        "frames": [{"index": 13, "name": "frame_000013_00-00-12.000.png", "frame": 360, "time_s": 12.0}],
    },
    "text/csv": "index,name,frame,pts,time_base,time_s,keyframe,width,height,bytes,crc32,sha256\r\n"
    "13,frame_000013_00-00-12.000.png,360,153600,1/12800,12.0,1,1920,1080,434417,0a1b2c3d,9f86d081…\r\n",
}


class ResultsHttp:
    """Archives, frames, manifests."""

    def __init__(self, results: Results, videos: ReadableVideos) -> None:
        self._results = results
        self._videos = videos

    def router(self) -> APIRouter:
        """The routes."""
        linked: Responses = {200: {"headers": LINK_HEADER}}
        router = self._videos.router()
        redirected: Responses = {307: {"headers": LOCATION}}
        missing = problems(self._videos.missing, "result_not_found", "not_ready", "expired", "service_unavailable")
        router.add_api_route(
            "/frames.zip",
            self.archive,
            methods=["GET"],
            status_code=HTTPStatus.TEMPORARY_REDIRECT,
            response_class=RedirectResponse,
            responses=redirected
            | _bytes("application/zip", {})
            | problems("invalid_frames", "frame_not_found", "invalid_request")
            | missing,
        )
        router.add_api_route(
            "/frames",
            self.frames,
            methods=["GET"],
            responses=linked | problems("invalid_request", "invalid_cursor") | missing,
        )
        known: Responses = {304: {"description": "You have it already", "headers": _KNOWN}}
        for ending, answer, kind in (
            ("json", self.manifest_json, "application/json"),
            ("csv", self.manifest_csv, "text/csv"),
        ):
            router.add_api_route(
                f"/manifest.{ending}",
                answer,
                methods=["GET"],
                response_class=StreamingResponse,
                responses=_bytes(kind, _KNOWN) | known | missing,
            )
        return router

    async def archive(
        self,
        readable: ReadBy,
        frames: Annotated[str | None, Query(description="Only these: `1,5,9-20`", examples=["1,5,9-20"])] = None,
    ) -> Response:
        """Where `frames.zip` lies for the next minutes; `Range` works there. With `frames`, just those, as a ZIP."""
        if frames is None and (url := await self._results.archive_url(readable)) is not None:
            return RedirectResponse(url)
        wanted = None if frames is None else read_ranges(frames)
        name, pieces = await self._results.selection(readable, wanted)
        named = {"Content-Disposition": content_disposition(name)}
        return await PieceResponse.begin(pieces, "application/zip", named)

    async def frames(
        self,
        readable: ReadBy,
        limit: Limit = 50,
        cursor: Annotated[ShortText, Query()] = "",
        *,
        next_page: ToNextPage,
    ) -> FramePageDto:
        """Rows of the manifest, in the order of their index.

        While the video is processing, those that can be read already, with gaps: ask again when `frames_ready` grows.
        """
        page = await self._results.frames(readable, limit, read_cursor(cursor))
        following = write_cursor(page.frames[-1].index) if page.more and page.frames else None
        next_page.tell(following)
        return FramePageDto(items=[FrameDto.of(frame) for frame in page.frames], next_cursor=following)

    async def manifest_json(self, readable: ReadBy, if_none_match: IfNoneMatch = None) -> Response:
        """The manifest: how each frame was made, and where it lies in the archive."""
        return await self._manifest(readable, ManifestForm.JSON, if_none_match)

    async def manifest_csv(self, readable: ReadBy, if_none_match: IfNoneMatch = None) -> Response:
        """The manifest's rows as CSV with a header line."""
        return await self._manifest(readable, ManifestForm.CSV, if_none_match)

    async def _manifest(self, readable: ReadableVideo, form: ManifestForm, known: str | None) -> Response:
        attempt, pieces = await self._results.manifest(readable, form)
        # The JSON was written once with the archive; rows of CSV are written anew, by whichever version runs.
        # So is what strangers get.
        weakness = "W/" if form is ManifestForm.CSV or readable.by_stranger else ""
        etag = weakness + etag_of(f"{readable.video_id.hex}-{attempt}.{form}")
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if is_known(known, etag):
            await pieces.aclose()
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if form is ManifestForm.CSV:
            headers["Content-Disposition"] = content_disposition("frames.csv")
        return await PieceResponse.begin(pieces, _KINDS[form], headers)


def _bytes(kind: str, headers: dict[str, Any]) -> Responses:
    media: dict[str, Any] = {"schema": _SCHEMAS.get(kind, {"type": "string", "format": "binary"})}
    if kind in _EXAMPLES:
        media["example"] = _EXAMPLES[kind]
    return {200: {"description": STREAMED, "content": {kind: media}, "headers": headers}}
