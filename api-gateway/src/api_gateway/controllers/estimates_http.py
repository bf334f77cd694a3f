"""`/estimates`: what a job would come to, before it is begun."""

from fastapi import APIRouter

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.cursors import read_cursor
from api_gateway.controllers.dto import API
from api_gateway.controllers.estimates_dto import EstimateDto, EstimateRequest
from api_gateway.controllers.json_values import json_text
from api_gateway.controllers.problems import problems
from api_gateway.controllers.routes import LargeBodyRoute, caller_router
from api_gateway.services.estimating import Estimating


class EstimatesHttp:
    """Estimates."""

    def __init__(self, estimating: Estimating) -> None:
        self._estimating = estimating

    def router(self) -> APIRouter:
        """The route."""
        router = caller_router(LargeBodyRoute, tags=["estimates"])
        router.add_api_route(
            f"{API}/estimates",
            self.estimate,
            methods=["POST"],
            responses=problems(
                *("invalid_request", "invalid_options", "invalid_cursor", "too_many_frames", "crop_outside"),
                *("video_not_found", "not_ready", "source_expired", "body_too_large"),
                *("service_unavailable", "plan_timeout"),
            ),
        )
        return router

    async def estimate(self, caller: CurrentCaller, asked: EstimateRequest) -> EstimateDto:
        """Frames, bytes and seconds to expect; with `dry_run`, the instants that the job would take of a video.

        Of a stored video the plan is made as the job makes it, which costs a look into the file.
        """
        options_json = json_text(asked.options)
        if asked.media is not None:
            estimate = await self._estimating.of_media(asked.media.media(), options_json)
        elif asked.video_id is not None:
            limit = asked.limit if asked.dry_run else 0
            after = read_cursor(asked.cursor)
            estimate = await self._estimating.of_video(caller, asked.video_id, options_json, limit, after)
        return EstimateDto.of(estimate, with_instants=asked.dry_run)
