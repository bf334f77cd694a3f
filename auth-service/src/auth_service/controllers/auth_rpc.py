"""gRPC: fiapx.auth.v1.AuthService."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

import grpc
from fiapx_proto.auth.v1 import auth_pb2, auth_pb2_grpc
from typing_extensions import override

from auth_service.controllers.auth_messages import (
    api_key_message,
    session_info_message,
    session_message,
    user_id,
    user_message,
    uuid_of,
)
from auth_service.entities.device import read_device
from auth_service.services.accounts import Accounts, SignUp
from auth_service.services.api_keys import KeyKeeping
from auth_service.services.erasing import Erasing
from auth_service.services.liveness import Liveness
from auth_service.services.logins import Credentials, Logins
from auth_service.services.password_resets import PasswordResets
from auth_service.services.sessions import SessionKeeping
from auth_service.services.signing import Signing
from auth_service.services.verification import Verification

SERVICE = auth_pb2.DESCRIPTOR.services_by_name["AuthService"].full_name
Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class UseCases:
    """What the door opens to."""

    accounts: Accounts
    logins: Logins
    sessions: SessionKeeping
    liveness: Liveness
    verification: Verification
    password_resets: PasswordResets
    api_keys: KeyKeeping
    erasing: Erasing
    signing: Signing


class AuthRpc(auth_pb2_grpc.AuthServiceServicer):
    """Decodes, calls one use case, answers."""

    def __init__(self, use_cases: UseCases, jwks_max_age_s: int) -> None:
        self._accounts = use_cases.accounts
        self._logins = use_cases.logins
        self._sessions = use_cases.sessions
        self._liveness = use_cases.liveness
        self._verification = use_cases.verification
        self._password_resets = use_cases.password_resets
        self._api_keys = use_cases.api_keys
        self._erasing = use_cases.erasing
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
        return user_message(await self._accounts.register(sign_up))

    @override
    async def Login(self, request: auth_pb2.LoginRequest, context: Context) -> auth_pb2.Session:
        credentials = Credentials(
            email=request.email,
            password=request.password,
            address=request.client_address,
            user_agent=request.user_agent,
        )
        return session_message(await self._logins.login(credentials))

    @override
    async def Refresh(self, request: auth_pb2.RefreshRequest, context: Context) -> auth_pb2.Session:
        device = read_device(request.user_agent, request.client_address)
        return session_message(await self._sessions.refresh(request.refresh_token, device))

    @override
    async def Logout(self, request: auth_pb2.LogoutRequest, context: Context) -> auth_pb2.LogoutResponse:
        if request.refresh_token:
            await self._sessions.logout_token(request.refresh_token)
        else:
            await self._sessions.logout_session(
                uuid_of(request.session_id, "session_id"), uuid_of(request.user_id, "user_id")
            )
        return auth_pb2.LogoutResponse()

    @override
    async def CheckSession(
        self, request: auth_pb2.CheckSessionRequest, context: Context
    ) -> auth_pb2.CheckSessionResponse:
        session_id, user_id = uuid_of(request.session_id, "session_id"), uuid_of(request.user_id, "user_id")
        return auth_pb2.CheckSessionResponse(alive=await self._liveness.is_alive(session_id, user_id))

    @override
    async def ListSessions(
        self, request: auth_pb2.ListSessionsRequest, context: Context
    ) -> auth_pb2.ListSessionsResponse:
        sessions = await self._sessions.living(user_id(request.user_id))
        return auth_pb2.ListSessionsResponse(sessions=map(session_info_message, sessions))

    @override
    async def ListKeptSessions(
        self, request: auth_pb2.ListKeptSessionsRequest, context: Context
    ) -> auth_pb2.ListKeptSessionsResponse:
        page = await self._sessions.kept(user_id(request.user_id), request.cursor, request.limit)
        return auth_pb2.ListKeptSessionsResponse(
            sessions=map(session_info_message, page.rows), next_cursor=page.next_cursor
        )

    @override
    async def EndOtherSessions(
        self, request: auth_pb2.EndOtherSessionsRequest, context: Context
    ) -> auth_pb2.EndOtherSessionsResponse:
        await self._sessions.end_others(uuid_of(request.session_id, "session_id"), uuid_of(request.user_id, "user_id"))
        return auth_pb2.EndOtherSessionsResponse()

    @override
    async def RequestEmailVerification(
        self, request: auth_pb2.RequestEmailVerificationRequest, context: Context
    ) -> auth_pb2.RequestEmailVerificationResponse:
        await self._verification.request(user_id(request.user_id))
        return auth_pb2.RequestEmailVerificationResponse()

    @override
    async def VerifyEmail(self, request: auth_pb2.VerifyEmailRequest, context: Context) -> auth_pb2.User:
        return user_message(await self._verification.verify(request.token))

    @override
    async def RequestPasswordReset(
        self, request: auth_pb2.RequestPasswordResetRequest, context: Context
    ) -> auth_pb2.RequestPasswordResetResponse:
        await self._password_resets.request(request.email, request.client_address)
        return auth_pb2.RequestPasswordResetResponse()

    @override
    async def ResetPassword(
        self, request: auth_pb2.ResetPasswordRequest, context: Context
    ) -> auth_pb2.ResetPasswordResponse:
        await self._password_resets.reset(request.token, request.password, request.client_address)
        return auth_pb2.ResetPasswordResponse()

    @override
    async def CreateApiKey(
        self, request: auth_pb2.CreateApiKeyRequest, context: Context
    ) -> auth_pb2.CreateApiKeyResponse:
        expires_at = request.expires_at.ToDatetime(UTC) if request.HasField("expires_at") else None
        key, text = await self._api_keys.make(user_id(request.user_id), request.name, request.scopes, expires_at)
        return auth_pb2.CreateApiKeyResponse(api_key=api_key_message(key), text=text)

    @override
    async def ListApiKeys(self, request: auth_pb2.ListApiKeysRequest, context: Context) -> auth_pb2.ListApiKeysResponse:
        keys = await self._api_keys.of(user_id(request.user_id))
        return auth_pb2.ListApiKeysResponse(api_keys=map(api_key_message, keys))

    @override
    async def RevokeApiKey(
        self, request: auth_pb2.RevokeApiKeyRequest, context: Context
    ) -> auth_pb2.RevokeApiKeyResponse:
        await self._api_keys.revoke(uuid_of(request.id, "id"), user_id(request.user_id))
        return auth_pb2.RevokeApiKeyResponse()

    @override
    async def CheckApiKey(self, request: auth_pb2.CheckApiKeyRequest, context: Context) -> auth_pb2.CheckApiKeyResponse:
        key = await self._api_keys.valid(request.key_hash)
        if key is None:
            return auth_pb2.CheckApiKeyResponse()
        return auth_pb2.CheckApiKeyResponse(api_key=api_key_message(key), user_id=str(key.user_id))

    @override
    async def GetUser(self, request: auth_pb2.GetUserRequest, context: Context) -> auth_pb2.User:
        return user_message(await self._accounts.get(user_id(request.user_id)))

    @override
    async def UpdateUser(self, request: auth_pb2.UpdateUserRequest, context: Context) -> auth_pb2.User:
        name = request.name if request.HasField("name") else None
        locale = request.locale if request.HasField("locale") else None
        versions = request.if_version.versions if request.HasField("if_version") else None
        return user_message(await self._accounts.update(user_id(request.user_id), name, locale, versions))

    @override
    async def EraseUser(self, request: auth_pb2.EraseUserRequest, context: Context) -> auth_pb2.EraseUserResponse:
        await self._erasing.erase(user_id(request.user_id), request.password, request.client_address)
        return auth_pb2.EraseUserResponse()

    @override
    async def GetJwks(self, request: auth_pb2.GetJwksRequest, context: Context) -> auth_pb2.Jwks:
        return auth_pb2.Jwks(json=self._signing.jwks(), max_age_s=self._jwks_max_age_s)
