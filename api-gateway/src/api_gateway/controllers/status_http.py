"""`/status`: the platform's workers and work."""

from fastapi import APIRouter

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API, StatusDto
from api_gateway.controllers.problems import problems
from api_gateway.controllers.routes import KeyRoute, caller_router
from api_gateway.services.waiting import Waiting


class StatusHttp:
    """How busy the platform is. For its users, not for the world: it tells what all of them do together."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def router(self) -> APIRouter:
        """The route."""
        router = caller_router(KeyRoute, tags=["status"])
        router.add_api_route(f"{API}/status", self.status, methods=["GET"], responses=problems("service_unavailable"))
        return router

    async def status(self, _caller: CurrentCaller) -> StatusDto:
        """Workers alive and work in the queue, of all users together."""
        return StatusDto.of(await self._waiting.status())
