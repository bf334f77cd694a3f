"""`/me`: the user's own profile."""

from fastapi import APIRouter

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API, ProfileChange, UserDto
from api_gateway.controllers.problems import problems
from api_gateway.controllers.routes import caller_router
from api_gateway.services.accounts import AccountDesk


class MeHttp:
    """The caller's profile."""

    def __init__(self, desk: AccountDesk) -> None:
        self._desk = desk

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(prefix=f"{API}/me", tags=["me"])
        down = problems("service_unavailable")
        router.add_api_route("", self.profile, methods=["GET"], responses=down)
        router.add_api_route("", self.change, methods=["PATCH"], responses=problems("body_too_large") | down)
        return router

    async def profile(self, caller: CurrentCaller) -> UserDto:
        """Who you are."""
        return UserDto.of(await self._desk.profile(caller))

    async def change(self, caller: CurrentCaller, change: ProfileChange) -> UserDto:
        """Changes your name or language."""
        return UserDto.of(await self._desk.change_profile(caller, change.name, change.locale))
