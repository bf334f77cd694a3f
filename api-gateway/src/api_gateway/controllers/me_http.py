"""`/me`: the user's own profile and sessions."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.auth_http import Address
from api_gateway.controllers.dto import API, ErasureRequest, ProfileChange, UserDto
from api_gateway.controllers.if_match import VERSION_HEADERS, IfMatch, version_etag
from api_gateway.controllers.problems import Responses, problems
from api_gateway.controllers.routes import caller_router
from api_gateway.controllers.session_cookies import Cookies
from api_gateway.controllers.sessions_dto import SessionDto, SessionPageDto
from api_gateway.entities.users import User
from api_gateway.services.accounts import AccountDesk


class MeHttp:
    """The caller's profile and sessions."""

    def __init__(self, desk: AccountDesk) -> None:
        self._desk = desk

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(prefix=f"{API}/me", tags=["me"])
        down = problems("service_unavailable")
        shown: Responses = {200: {"headers": VERSION_HEADERS}}
        router.add_api_route("", self.profile, methods=["GET"], responses=shown | down)
        router.add_api_route(
            "",
            self.change,
            methods=["PATCH"],
            responses=shown
            | problems("changed_meanwhile", "body_too_large", "invalid_request", "invalid_name", "invalid_locale")
            | down,
        )
        router.add_api_route(
            "",
            self.erase,
            methods=["DELETE"],
            status_code=HTTPStatus.NO_CONTENT,
            responses=problems("wrong_password", "body_too_large") | down,
        )
        router.add_api_route(
            "/verification",
            self.request_verification,
            methods=["POST"],
            status_code=HTTPStatus.ACCEPTED,
            responses=problems("rate_limited", "too_many_mails") | down,
        )
        router.add_api_route("/sessions", self.sessions, methods=["GET"], responses=down)
        router.add_api_route(
            "/sessions",
            self.end_other_sessions,
            methods=["DELETE"],
            status_code=HTTPStatus.NO_CONTENT,
            responses=down,
        )
        router.add_api_route(
            "/sessions/{session_id}",
            self.end_session,
            methods=["DELETE"],
            status_code=HTTPStatus.NO_CONTENT,
            responses=problems("session_not_found") | down,
        )
        return router

    async def profile(self, caller: CurrentCaller, response: Response) -> UserDto:
        """Who you are."""
        return _told(await self._desk.profile(caller), response)

    async def change(
        self, caller: CurrentCaller, change: ProfileChange, if_version: IfMatch, response: Response
    ) -> UserDto:
        """Changes your name or language."""
        return _told(await self._desk.change_profile(caller, change.name, change.locale, if_version), response)

    async def erase(self, caller: CurrentCaller, erasure: ErasureRequest, address: Address, cookies: Cookies) -> None:
        """Erases your account, your videos and all else that is kept of you. It can't be undone.

        It takes your password once more; a wrong one counts as a failed login. Every session ends within a second;
        videos, frames and mails are gone within minutes. `GET /me/export` gives you all of it before.
        """
        await self._desk.erase(caller, erasure.password, address)
        cookies.forget()

    async def request_verification(self, caller: CurrentCaller) -> None:
        """Sends the mail that verifies your address once more, unless it is verified."""
        await self._desk.request_verification(caller)

    async def sessions(self, caller: CurrentCaller) -> SessionPageDto:
        """Where you are logged in, the most recently used first; at most 200, on one page."""
        found = await self._desk.sessions(caller)
        return SessionPageDto(items=[SessionDto.of(session, caller) for session in found])

    async def end_other_sessions(self, caller: CurrentCaller) -> None:
        """Logs you out everywhere but here."""
        await self._desk.end_other_sessions(caller)

    async def end_session(self, caller: CurrentCaller, session_id: UUID) -> None:
        """Logs you out in one place."""
        await self._desk.end_session(caller, session_id)


def _told(user: User, response: Response) -> UserDto:
    response.headers["ETag"] = version_etag(user.version)
    return UserDto.of(user)
