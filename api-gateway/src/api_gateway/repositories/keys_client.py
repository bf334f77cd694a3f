"""auth-service over gRPC: API keys."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_common.grpc.timestamps import moment, timestamp
from fiapx_models.scopes import Scope
from fiapx_proto.auth.v1 import auth_pb2, auth_pb2_grpc

from api_gateway.entities.api_keys import ApiKey
from api_gateway.entities.callers import Caller
from api_gateway.repositories.auth_client import SERVICE
from api_gateway.services.ports import KeyRing

IDEMPOTENT: Final = tuple(f"{SERVICE}/{method}" for method in ("ListApiKeys", "CheckApiKey"))
_CALLEE: Final = "auth"


class GrpcKeyRing(KeyRing):
    """One RPC per call."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = auth_pb2_grpc.AuthServiceStub(channel)

    async def make(
        self, user_id: UUID, name: str, scopes: Sequence[Scope], expires_at: datetime | None
    ) -> tuple[ApiKey, str]:
        request = auth_pb2.CreateApiKeyRequest(
            user_id=str(user_id), name=name, scopes=scopes, expires_at=timestamp(expires_at)
        )
        with answered_by(_CALLEE):
            made = await self._stub.CreateApiKey(request)
        return _key(made.api_key), made.text

    async def keys(self, user_id: UUID) -> Sequence[ApiKey]:
        with answered_by(_CALLEE):
            answer = await self._stub.ListApiKeys(auth_pb2.ListApiKeysRequest(user_id=str(user_id)))
        return tuple(map(_key, answer.api_keys))

    async def revoke(self, user_id: UUID, key_id: UUID) -> None:
        request = auth_pb2.RevokeApiKeyRequest(id=str(key_id), user_id=str(user_id))
        with answered_by(_CALLEE):
            await self._stub.RevokeApiKey(request)

    async def caller_by(self, key_hash: bytes) -> Caller | None:
        """Asked anew."""
        with answered_by(_CALLEE):
            answer = await self._stub.CheckApiKey(auth_pb2.CheckApiKeyRequest(key_hash=key_hash))
        if not answer.HasField("api_key"):
            return None
        key = _key(answer.api_key)
        ends_at = key.expires_at or datetime.max.replace(tzinfo=UTC)
        return Caller(UUID(answer.user_id), key.id, ends_at, key.scopes, key_hash)


def _key(key: auth_pb2.ApiKey) -> ApiKey:
    return ApiKey(
        id=UUID(key.id),
        name=key.name,
        scopes=frozenset(map(Scope, key.scopes)),
        beginning=key.beginning,
        created_at=moment(key.created_at),
        expires_at=moment(key.expires_at) if key.HasField("expires_at") else None,
        last_used_at=moment(key.last_used_at) if key.HasField("last_used_at") else None,
    )
