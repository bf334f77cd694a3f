"""`/auth`: signing up, in and out."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Depends
from starlette.requests import Request

from api_gateway.controllers.admission import address_of, identity_of
from api_gateway.controllers.dto import (
    API,
    ForgotPasswordRequest,
    LoginRequest,
    LogoutRequest,
    RefreshRequest,
    RegisterRequest,
    ResetPasswordRequest,
    TokensDto,
    UserDto,
    VerifyEmailRequest,
)
from api_gateway.controllers.problems import problems
from api_gateway.controllers.routes import public_router
from api_gateway.controllers.session_cookies import Cookies
from api_gateway.entities.callers import Caller, Identity
from api_gateway.entities.errors import MissingRefreshToken
from api_gateway.services.accounts import AccountDesk

Address = Annotated[str, Depends(address_of)]
_USER_AGENT_CHARACTERS = 500


def _user_agent_of(request: Request) -> str:
    return request.headers.get("user-agent", "")[:_USER_AGENT_CHARACTERS]


UserAgent = Annotated[str, Depends(_user_agent_of)]


class AuthHttp:
    """Calls that need no access token."""

    def __init__(self, desk: AccountDesk) -> None:
        self._desk = desk

    def router(self) -> APIRouter:
        """The routes."""
        router = public_router(prefix=f"{API}/auth", tags=["auth"])
        down = problems("service_unavailable", "body_too_large")
        busy = problems("service_unavailable", "hashing_busy", "body_too_large")
        router.add_api_route(
            "/register",
            self.register,
            methods=["POST"],
            status_code=HTTPStatus.CREATED,
            responses=problems(
                *("email_taken", "registration_closed", "rate_limited", "too_many_sign_ups"),
                *("invalid_request", "invalid_email", "invalid_password", "invalid_name", "invalid_locale"),
            )
            | busy,
        )
        router.add_api_route(
            "/login",
            self.login,
            methods=["POST"],
            responses=problems("wrong_credentials", "account_disabled", "rate_limited", "too_many_logins") | busy,
        )
        browsers = problems("csrf_header_missing")
        router.add_api_route(
            "/refresh",
            self.refresh,
            methods=["POST"],
            responses=problems("session_ended", "missing_refresh_token") | browsers | down,
        )
        router.add_api_route(
            "/logout",
            self.logout,
            methods=["POST"],
            status_code=HTTPStatus.NO_CONTENT,
            responses=problems("missing_token") | browsers | down,
        )
        links = problems("invalid_request", "invalid_token", status=HTTPStatus.UNPROCESSABLE_ENTITY)
        router.add_api_route("/verify-email", self.verify_email, methods=["POST"], responses=links | down)
        router.add_api_route(
            "/forgot-password",
            self.forgot_password,
            methods=["POST"],
            status_code=HTTPStatus.ACCEPTED,
            responses=problems("rate_limited", "too_many_mails") | down,
        )
        router.add_api_route(
            "/reset-password",
            self.reset_password,
            methods=["POST"],
            status_code=HTTPStatus.NO_CONTENT,
            responses=problems(
                "invalid_request", "invalid_token", "invalid_password", status=HTTPStatus.UNPROCESSABLE_ENTITY
            )
            | busy,
        )
        return router

    async def register(self, new: RegisterRequest, address: Address) -> UserDto:
        """Makes an account. It may be used at once."""
        user = await self._desk.register(new.email, new.password, new.name or "", new.locale or "", address)
        return UserDto.of(user)

    async def login(self, login: LoginRequest, address: Address, user_agent: UserAgent, cookies: Cookies) -> TokensDto:
        """Begins a session. A browser gets both tokens as cookies too."""
        session = await self._desk.login(login.email, login.password, address, user_agent)
        cookies.keep(session)
        return TokensDto.of(session)

    async def refresh(
        self,
        address: Address,
        user_agent: UserAgent,
        cookies: Cookies,
        refresh: Annotated[RefreshRequest | None, Body()] = None,
    ) -> TokensDto:
        """Gives new tokens. A refresh token that is used a second time ends its session.

        Without a body a browser's cookie counts, together with the header `X-CSRF: 1`.
        """
        token = refresh.refresh_token if refresh else cookies.refresh_token()
        if token is None:
            raise MissingRefreshToken
        session = await self._desk.refresh(token, address, user_agent)
        cookies.keep(session)
        return TokensDto.of(session)

    async def logout(
        self,
        identity: Annotated[Identity, Depends(identity_of)],
        cookies: Cookies,
        logout: Annotated[LogoutRequest | None, Body()] = None,
    ) -> None:
        """Ends the session of the refresh token in the body, else that of the access token, else a browser's own.

        For the last its cookie counts, together with the header `X-CSRF: 1`.
        """
        token = logout.refresh_token if logout else None
        if token is None and not isinstance(identity, Caller):
            token = cookies.refresh_token()
        await self._desk.logout(token, identity)
        cookies.forget()

    async def verify_email(self, verify: VerifyEmailRequest) -> UserDto:
        """Verifies an address by the link that was mailed to it."""
        return UserDto.of(await self._desk.verify_email(verify.token))

    async def forgot_password(self, forgot: ForgotPasswordRequest, address: Address) -> None:
        """Mails a link for a new password; answers the same where nobody has this address."""
        await self._desk.request_password_reset(forgot.email, address)

    async def reset_password(self, reset: ResetPasswordRequest, address: Address) -> None:
        """Sets a new password by the link that was mailed, and ends all sessions."""
        await self._desk.reset_password(reset.token, reset.password, address)
