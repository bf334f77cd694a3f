"""`/api-keys`: what a user's programs present instead of logging in."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.api_keys_dto import ApiKeyDto, ApiKeyPageDto, ApiKeyWish, NewApiKeyDto
from api_gateway.controllers.dto import API
from api_gateway.controllers.problems import problems
from api_gateway.controllers.routes import caller_router
from api_gateway.services.key_desk import KeyDesk


class ApiKeysHttp:
    """The caller's keys."""

    def __init__(self, desk: KeyDesk) -> None:
        self._desk = desk

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(prefix=f"{API}/api-keys", tags=["api-keys"])
        down = problems("service_unavailable")
        router.add_api_route(
            "",
            self.make,
            methods=["POST"],
            status_code=HTTPStatus.CREATED,
            responses=problems("too_many_api_keys", "body_too_large") | down,
        )
        router.add_api_route("", self.all, methods=["GET"], responses=down)
        router.add_api_route(
            "/{key_id}",
            self.revoke,
            methods=["DELETE"],
            status_code=HTTPStatus.NO_CONTENT,
            responses=problems("api_key_not_found") | down,
        )
        return router

    async def make(self, caller: CurrentCaller, wish: ApiKeyWish) -> NewApiKeyDto:
        """Makes a key for one of your programs, which sends it as `Authorization: Bearer fx_…`.

        `videos:read` allows what only reads (GET), `videos:write` everything else about videos, uploads, estimates and
        webhooks.
        No key manages your account or other keys. Its text is in this answer only.
        """
        key, text = await self._desk.make(caller, wish.name, wish.scopes, wish.expires_at)
        return NewApiKeyDto(**ApiKeyDto.of(key).model_dump(), key=text)

    async def all(self, caller: CurrentCaller) -> ApiKeyPageDto:
        """Your keys, the newest first; at most 50, on one page."""
        return ApiKeyPageDto(items=[ApiKeyDto.of(key) for key in await self._desk.all(caller)])

    async def revoke(self, caller: CurrentCaller, key_id: UUID) -> None:
        """Revokes a key for good; within a second nothing accepts it any more."""
        await self._desk.revoke(caller, key_id)
