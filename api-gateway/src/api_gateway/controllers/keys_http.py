"""`/.well-known/jwks.json`: the public keys of access tokens."""

from fastapi import APIRouter
from starlette.responses import Response

from api_gateway.controllers.problems import Responses, problems
from api_gateway.controllers.routes import public_router
from api_gateway.services.admitting import Admitting


class KeysHttp:
    """Public keys, for whoever verifies our tokens too."""

    def __init__(self, admitting: Admitting) -> None:
        self._admitting = admitting

    def router(self) -> APIRouter:
        """The route."""
        router = public_router(tags=["auth"])
        json: Responses = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}
        router.add_api_route(
            "/.well-known/jwks.json",
            self.jwks,
            methods=["GET"],
            response_class=Response,
            responses=json | problems("service_unavailable"),
        )
        return router

    async def jwks(self) -> Response:
        """The keys (RFC 7517) that our access tokens are signed with."""
        jwks = await self._admitting.jwks()
        cached = {"Cache-Control": f"public, max-age={jwks.max_age_s}", "Access-Control-Allow-Origin": "*"}
        return Response(jwks.json, media_type="application/json", headers=cached)
