"""upload-service over gRPC: shares."""

from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_common.grpc.timestamps import moment, timestamp
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc

from api_gateway.entities.exports import Page
from api_gateway.entities.shares import ReadableVideo, Share, ShareWish
from api_gateway.repositories.upload_client import SERVICE
from api_gateway.services.share_ports import Shares

IDEMPOTENT: Final = tuple(f"{SERVICE}/{method}" for method in ("ListShares", "CheckShare"))
_CALLEE: Final = "upload"


class GrpcShares(Shares):
    """One RPC per call."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = upload_pb2_grpc.UploadServiceStub(channel)

    async def make(self, user_id: UUID, video_id: UUID, wish: ShareWish, key: str) -> tuple[Share, str]:
        request = upload_pb2.CreateShareRequest(
            user_id=str(user_id),
            video_id=str(video_id),
            note=wish.note,
            expires_at=timestamp(wish.expires_at),
            expires_in_s=wish.expires_in_s or 0,
            idempotency_key=key,
        )
        with answered_by(_CALLEE):
            made = await self._stub.CreateShare(request)
        return _share(made.share), made.token

    async def page(self, user_id: UUID, video_id: UUID | None, limit: int, cursor: str) -> Page[Share]:
        request = upload_pb2.ListSharesRequest(
            user_id=str(user_id), video_id=str(video_id) if video_id else "", limit=limit, cursor=cursor
        )
        with answered_by(_CALLEE):
            page = await self._stub.ListShares(request)
        return Page(tuple(map(_share, page.shares)), page.next_cursor or None)

    async def revoke(self, user_id: UUID, video_id: UUID, share_id: UUID) -> None:
        request = upload_pb2.RevokeShareRequest(user_id=str(user_id), video_id=str(video_id), share_id=str(share_id))
        with answered_by(_CALLEE):
            await self._stub.RevokeShare(request)

    async def opened_by(self, token_hash: bytes) -> ReadableVideo | None:
        """Asked anew."""
        with answered_by(_CALLEE):
            answer = await self._stub.CheckShare(upload_pb2.CheckShareRequest(token_hash=token_hash))
        if not answer.HasField("share"):
            return None
        return ReadableVideo(UUID(answer.user_id), UUID(answer.share.video_id), moment(answer.share.expires_at))


def _share(share: upload_pb2.Share) -> Share:
    return Share(
        id=UUID(share.id),
        video_id=UUID(share.video_id),
        note=share.note or None,
        created_at=moment(share.created_at),
        expires_at=moment(share.expires_at),
        last_used_at=moment(share.last_used_at) if share.HasField("last_used_at") else None,
    )
