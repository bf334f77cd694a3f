"""`/auth`: signing up, in and out."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header

from api_gateway.controllers.admission import address_of, identity_of
from api_gateway.controllers.dto import (
    API,
    LoginRequest,
    LogoutRequest,
    RefreshRequest,
    RegisterRequest,
    TokensDto,
    UserDto,
)
from api_gateway.controllers.problems import problems
from api_gateway.controllers.routes import public_router
from api_gateway.entities.callers import Identity
from api_gateway.services.accounts import AccountDesk

Address = Annotated[str, Depends(address_of)]
_USER_AGENT_CHARACTERS = 500


class AuthHttp:
    """Calls that need no access token."""

    def __init__(self, desk: AccountDesk) -> None:
        self._desk = desk

    def router(self) -> APIRouter:
        """The routes."""
        router = public_router(prefix=f"{API}/auth", tags=["auth"])
        down = problems("service_unavailable", "body_too_large")
        router.add_api_route(
            "/register",
            self.register,
            methods=["POST"],
            status_code=HTTPStatus.CREATED,
            responses=problems("email_taken") | down,
        )
        router.add_api_route("/login", self.login, methods=["POST"], responses=problems("wrong_credentials") | down)
        router.add_api_route("/refresh", self.refresh, methods=["POST"], responses=problems("session_ended") | down)
        router.add_api_route(
            "/logout",
            self.logout,
            methods=["POST"],
            status_code=HTTPStatus.NO_CONTENT,
            responses=problems("missing_token") | down,
        )
        return router

    async def register(self, new: RegisterRequest, address: Address) -> UserDto:
        """Makes an account. It may be used at once."""
        user = await self._desk.register(new.email, new.password, new.name or "", new.locale or "", address)
        return UserDto.of(user)

    async def login(
        self,
        login: LoginRequest,
        address: Address,
        user_agent: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> TokensDto:
        """Begins a session."""
        shown = user_agent[:_USER_AGENT_CHARACTERS]
        return TokensDto.of(await self._desk.login(login.email, login.password, address, shown))

    async def refresh(self, refresh: RefreshRequest) -> TokensDto:
        """Gives new tokens. A refresh token that is used a second time ends its session."""
        return TokensDto.of(await self._desk.refresh(refresh.refresh_token))

    async def logout(
        self,
        identity: Annotated[Identity, Depends(identity_of)],
        logout: Annotated[LogoutRequest | None, Body()] = None,
    ) -> None:
        """Ends the session of the refresh token in the body, else that of the access token."""
        await self._desk.logout(logout.refresh_token if logout else None, identity)
