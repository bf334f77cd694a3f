"""auth-service over gRPC."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_common.grpc.timestamps import moment
from fiapx_proto.auth.v1 import auth_pb2, auth_pb2_grpc

from api_gateway.entities.callers import Caller, Jwks, SessionOf
from api_gateway.entities.users import OpenSession, Session, User
from api_gateway.services.ports import Accounts

SERVICE: Final = "fiapx.auth.v1.AuthService"
_REPEATABLE: Final = ("GetUser", "UpdateUser", "GetJwks", "CheckSession", "ListSessions")
IDEMPOTENT: Final = tuple(f"{SERVICE}/{method}" for method in _REPEATABLE)
_CALLEE: Final = "auth"


class GrpcAccounts(Accounts):
    """Users and sessions. A session's check, which other calls wait for, may have a deadline of its own."""

    def __init__(self, channel: grpc.aio.Channel, check_timeout_s: float | None = None) -> None:
        self._stub = auth_pb2_grpc.AuthServiceStub(channel)
        self._check_timeout_s = check_timeout_s

    async def register(self, email: str, password: str, name: str, locale: str, client_address: str) -> User:
        request = auth_pb2.RegisterRequest(
            email=email, password=password, name=name, locale=locale, client_address=client_address
        )
        with answered_by(_CALLEE):
            return _user(await self._stub.Register(request))

    async def login(self, email: str, password: str, client_address: str, user_agent: str) -> Session:
        request = auth_pb2.LoginRequest(
            email=email, password=password, client_address=client_address, user_agent=user_agent
        )
        with answered_by(_CALLEE):
            return _session(await self._stub.Login(request))

    async def refresh(self, refresh_token: str, client_address: str, user_agent: str) -> Session:
        request = auth_pb2.RefreshRequest(
            refresh_token=refresh_token, client_address=client_address, user_agent=user_agent
        )
        with answered_by(_CALLEE):
            return _session(await self._stub.Refresh(request))

    async def end_session_of_token(self, refresh_token: str) -> None:
        with answered_by(_CALLEE):
            await self._stub.Logout(auth_pb2.LogoutRequest(refresh_token=refresh_token))

    async def end_session(self, caller: Caller) -> None:
        request = auth_pb2.LogoutRequest(session_id=str(caller.session_id), user_id=str(caller.user_id))
        with answered_by(_CALLEE):
            await self._stub.Logout(request)

    async def is_session_alive(self, session: SessionOf) -> bool:
        """Asked for anew."""
        user_id, session_id = session
        request = auth_pb2.CheckSessionRequest(session_id=str(session_id), user_id=str(user_id))
        with answered_by(_CALLEE):
            return (await self._stub.CheckSession(request, timeout=self._check_timeout_s)).alive

    async def sessions(self, user_id: UUID) -> Sequence[OpenSession]:
        with answered_by(_CALLEE):
            answer = await self._stub.ListSessions(auth_pb2.ListSessionsRequest(user_id=str(user_id)))
        return tuple(map(open_session, answer.sessions))

    async def end_other_sessions(self, caller: Caller) -> None:
        request = auth_pb2.EndOtherSessionsRequest(user_id=str(caller.user_id), session_id=str(caller.session_id))
        with answered_by(_CALLEE):
            await self._stub.EndOtherSessions(request)

    async def user(self, user_id: UUID) -> User:
        with answered_by(_CALLEE):
            return _user(await self._stub.GetUser(auth_pb2.GetUserRequest(user_id=str(user_id))))

    async def update_user(
        self, user_id: UUID, name: str | None, locale: str | None, versions: Sequence[int] | None
    ) -> User:
        condition = None if versions is None else auth_pb2.Versions(versions=versions)
        request = auth_pb2.UpdateUserRequest(user_id=str(user_id), name=name, locale=locale, if_version=condition)
        with answered_by(_CALLEE):
            return _user(await self._stub.UpdateUser(request))

    async def erase(self, user_id: UUID, password: str, client_address: str) -> None:
        request = auth_pb2.EraseUserRequest(user_id=str(user_id), password=password, client_address=client_address)
        with answered_by(_CALLEE):
            await self._stub.EraseUser(request)

    async def request_verification(self, user_id: UUID) -> None:
        with answered_by(_CALLEE):
            await self._stub.RequestEmailVerification(auth_pb2.RequestEmailVerificationRequest(user_id=str(user_id)))

    async def verify_email(self, token: str) -> User:
        with answered_by(_CALLEE):
            return _user(await self._stub.VerifyEmail(auth_pb2.VerifyEmailRequest(token=token)))

    async def request_password_reset(self, email: str, client_address: str) -> None:
        request = auth_pb2.RequestPasswordResetRequest(email=email, client_address=client_address)
        with answered_by(_CALLEE):
            await self._stub.RequestPasswordReset(request)

    async def reset_password(self, token: str, password: str, client_address: str) -> None:
        request = auth_pb2.ResetPasswordRequest(token=token, password=password, client_address=client_address)
        with answered_by(_CALLEE):
            await self._stub.ResetPassword(request)

    async def jwks(self) -> Jwks:
        """The public keys, asked for anew."""
        with answered_by(_CALLEE):
            answer = await self._stub.GetJwks(auth_pb2.GetJwksRequest())
        return Jwks(answer.json, answer.max_age_s)


def _user(user: auth_pb2.User) -> User:
    return User(
        UUID(user.id), user.email, user.name, user.locale, user.email_verified, moment(user.created_at), user.version
    )


def open_session(session: auth_pb2.SessionInfo) -> OpenSession:
    """What is told of every session."""
    return OpenSession(
        UUID(session.id),
        session.user_agent,
        session.client_address,
        moment(session.created_at),
        moment(session.last_used_at),
        moment(session.expires_at),
    )


def _session(session: auth_pb2.Session) -> Session:
    return Session(session.access_token, session.expires_in_s, session.refresh_token, session.refresh_expires_in_s)
