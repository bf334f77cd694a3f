"""gRPC: fiapx.auth.v1.AuthService."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

import grpc
from fiapx_common.errors import FieldError, Invalid
from fiapx_proto.auth.v1 import auth_pb2, auth_pb2_grpc
from google.protobuf.timestamp_pb2 import Timestamp
from typing_extensions import override

from auth_service.entities.device import read_device
from auth_service.entities.errors import UserNotFound
from auth_service.entities.session import Session
from auth_service.entities.user import User
from auth_service.services.accounts import Accounts, SignUp
from auth_service.services.granting import Grant
from auth_service.services.liveness import Liveness
from auth_service.services.logins import Credentials, Logins
from auth_service.services.sessions import SessionKeeping
from auth_service.services.signing import Signing

SERVICE = auth_pb2.DESCRIPTOR.services_by_name["AuthService"].full_name
Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class UseCases:
    """What the door opens to."""

    accounts: Accounts
    logins: Logins
    sessions: SessionKeeping
    liveness: Liveness
    signing: Signing


class _NotServedYet(auth_pb2_grpc.AuthServiceServicer):
    """RPCs of the protocol that end UNIMPLEMENTED."""

    @override
    async def RequestEmailVerification(
        self, request: object, context: Context
    ) -> auth_pb2.RequestEmailVerificationResponse:
        return await _not_served(context)

    @override
    async def VerifyEmail(self, request: object, context: Context) -> auth_pb2.User:
        return await _not_served(context)

    @override
    async def RequestPasswordReset(self, request: object, context: Context) -> auth_pb2.RequestPasswordResetResponse:
        return await _not_served(context)

    @override
    async def ResetPassword(self, request: object, context: Context) -> auth_pb2.ResetPasswordResponse:
        return await _not_served(context)


async def _not_served(context: Context) -> NoReturn:
    await context.abort(grpc.StatusCode.UNIMPLEMENTED, "not served yet")


class AuthRpc(_NotServedYet):
    """Decodes, calls one use case, answers."""

    def __init__(self, use_cases: UseCases, jwks_max_age_s: int) -> None:
        self._accounts = use_cases.accounts
        self._logins = use_cases.logins
        self._sessions = use_cases.sessions
        self._liveness = use_cases.liveness
        self._signing = use_cases.signing
        self._jwks_max_age_s = jwks_max_age_s

    @override
    async def Register(self, request: auth_pb2.RegisterRequest, context: Context) -> auth_pb2.User:
        sign_up = SignUp(
            email=request.email,
            password=request.password,
            name=request.name,
            locale=request.locale,
            address=request.client_address,
        )
        return _user(await self._accounts.register(sign_up))

    @override
    async def Login(self, request: auth_pb2.LoginRequest, context: Context) -> auth_pb2.Session:
        credentials = Credentials(
            email=request.email,
            password=request.password,
            address=request.client_address,
            user_agent=request.user_agent,
        )
        return _session(await self._logins.login(credentials))

    @override
    async def Refresh(self, request: auth_pb2.RefreshRequest, context: Context) -> auth_pb2.Session:
        device = read_device(request.user_agent, request.client_address)
        return _session(await self._sessions.refresh(request.refresh_token, device))

    @override
    async def Logout(self, request: auth_pb2.LogoutRequest, context: Context) -> auth_pb2.LogoutResponse:
        if request.refresh_token:
            await self._sessions.logout_token(request.refresh_token)
        else:
            await self._sessions.logout_session(
                _uuid(request.session_id, "session_id"), _uuid(request.user_id, "user_id")
            )
        return auth_pb2.LogoutResponse()

    @override
    async def CheckSession(
        self, request: auth_pb2.CheckSessionRequest, context: Context
    ) -> auth_pb2.CheckSessionResponse:
        session_id, user_id = _uuid(request.session_id, "session_id"), _uuid(request.user_id, "user_id")
        return auth_pb2.CheckSessionResponse(alive=await self._liveness.is_alive(session_id, user_id))

    @override
    async def ListSessions(
        self, request: auth_pb2.ListSessionsRequest, context: Context
    ) -> auth_pb2.ListSessionsResponse:
        sessions = await self._sessions.living(_user_id(request.user_id))
        return auth_pb2.ListSessionsResponse(sessions=map(_session_info, sessions))

    @override
    async def EndOtherSessions(
        self, request: auth_pb2.EndOtherSessionsRequest, context: Context
    ) -> auth_pb2.EndOtherSessionsResponse:
        await self._sessions.end_others(_uuid(request.session_id, "session_id"), _uuid(request.user_id, "user_id"))
        return auth_pb2.EndOtherSessionsResponse()

    @override
    async def GetUser(self, request: auth_pb2.GetUserRequest, context: Context) -> auth_pb2.User:
        return _user(await self._accounts.get(_user_id(request.user_id)))

    @override
    async def UpdateUser(self, request: auth_pb2.UpdateUserRequest, context: Context) -> auth_pb2.User:
        name = request.name if request.HasField("name") else None
        locale = request.locale if request.HasField("locale") else None
        return _user(await self._accounts.update(_user_id(request.user_id), name, locale))

    @override
    async def GetJwks(self, request: auth_pb2.GetJwksRequest, context: Context) -> auth_pb2.Jwks:
        return auth_pb2.Jwks(json=self._signing.jwks(), max_age_s=self._jwks_max_age_s)


def _user(user: User) -> auth_pb2.User:
    return auth_pb2.User(
        id=str(user.id),
        email=user.email.text,
        name=user.name,
        locale=user.locale,
        created_at=_timestamp(user.created_at),
        email_verified=user.email_verified,
    )


def _session(grant: Grant) -> auth_pb2.Session:
    return auth_pb2.Session(
        access_token=grant.access_token,
        expires_in_s=grant.access_ttl_s,
        refresh_token=grant.refresh_token,
        refresh_expires_in_s=grant.refresh_ttl_s,
    )


def _session_info(session: Session) -> auth_pb2.SessionInfo:
    return auth_pb2.SessionInfo(
        id=str(session.id),
        user_agent=session.device.user_agent,
        client_address=session.device.address,
        created_at=_timestamp(session.created_at),
        last_used_at=_timestamp(session.last_used_at),
        expires_at=_timestamp(session.expires_at),
    )


def _timestamp(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp


def _user_id(text: str) -> UUID:
    """An id of another form is nobody's."""
    try:
        return UUID(text)
    except ValueError as error:
        raise UserNotFound from error


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("invalid_id", f"The {field} is not a UUID.", [FieldError(field, "not a UUID")]) from error
