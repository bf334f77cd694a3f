"""`/me/usage`: how much of their quota somebody has taken."""

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API
from api_gateway.controllers.problems import problems
from api_gateway.controllers.routes import KeyRoute, caller_router
from api_gateway.entities.usage import Usage
from api_gateway.services.library import Library


class UsageDto(BaseModel):
    """What a user has, and may have."""

    model_config = ConfigDict(title="Usage")

    videos: int = Field(description="Not deleted", examples=[12])
    videos_limit: int = Field(examples=[2000])
    stored_bytes: int = Field(description="Of files and archives that are still kept", examples=[734003200])
    stored_bytes_limit: int = Field(examples=[214748364800])
    file_bytes_limit: int = Field(description="Of one file", examples=[21474836480])

    @classmethod
    def of(cls, usage: Usage) -> Self:
        """The same."""
        return cls.model_validate(usage, from_attributes=True)


class UsageHttp:
    """For programs with a key too: they are who fills a quota."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def router(self) -> APIRouter:
        """The route."""
        router = caller_router(KeyRoute, tags=["me"])
        router.add_api_route(f"{API}/me/usage", self.usage, methods=["GET"], responses=problems("service_unavailable"))
        return router

    async def usage(self, caller: CurrentCaller) -> UsageDto:
        """How much you have, and how much you may have."""
        return UsageDto.of(await self._library.usage(caller))
