"""The calls of fiapx.upload.v1.UploadService about shares."""

from datetime import UTC
from uuid import UUID

from fiapx_common.grpc.timestamps import timestamp
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc
from typing_extensions import override

from upload_service.controllers.caller_ids import user_of, video_of
from upload_service.entities.errors import ShareNotFound
from upload_service.entities.idempotency import RequestKey
from upload_service.entities.share import Share, ShareWish
from upload_service.services.sharing import Sharing


class ShareRpc(upload_pb2_grpc.UploadServiceServicer):
    """Each method: read the question, ask one service, answer."""

    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing

    @override
    async def CreateShare(
        self, request: upload_pb2.CreateShareRequest, context: object
    ) -> upload_pb2.CreateShareResponse:
        user_id = user_of(request.user_id)
        key = RequestKey.read(user_id, request.idempotency_key)
        expires_at = request.expires_at.ToDatetime(UTC) if request.HasField("expires_at") else None
        wish = ShareWish.read(request.note, expires_at, request.expires_in_s)
        share, token = await self._sharing.make(user_id, video_of(request.video_id), wish, key)
        return upload_pb2.CreateShareResponse(share=_to_message(share), token=token)

    @override
    async def ListShares(self, request: upload_pb2.ListSharesRequest, context: object) -> upload_pb2.ListSharesResponse:
        video_id = video_of(request.video_id) if request.video_id else None
        page = await self._sharing.some(user_of(request.user_id), video_id, request.limit, request.cursor)
        return upload_pb2.ListSharesResponse(shares=map(_to_message, page.rows), next_cursor=page.next_cursor)

    @override
    async def RevokeShare(
        self, request: upload_pb2.RevokeShareRequest, context: object
    ) -> upload_pb2.RevokeShareResponse:
        video_id, share_id = video_of(request.video_id), _share_of(request.share_id)
        await self._sharing.revoke(user_of(request.user_id), video_id, share_id)
        return upload_pb2.RevokeShareResponse()

    @override
    async def CheckShare(self, request: upload_pb2.CheckShareRequest, context: object) -> upload_pb2.CheckShareResponse:
        share = await self._sharing.valid(request.token_hash)
        if share is None:
            return upload_pb2.CheckShareResponse()
        return upload_pb2.CheckShareResponse(share=_to_message(share), user_id=str(share.user_id))


def _share_of(text: str) -> UUID:
    """What is no id is the id of no share."""
    try:
        return UUID(text)
    except ValueError as error:
        raise ShareNotFound from error


def _to_message(share: Share) -> upload_pb2.Share:
    return upload_pb2.Share(
        id=str(share.id),
        video_id=str(share.video_id),
        note=share.note or "",
        created_at=timestamp(share.created_at),
        expires_at=timestamp(share.expires_at),
        last_used_at=timestamp(share.last_used_at),
    )
