"""upload-service over gRPC."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc

from api_gateway.entities.uploads import UploadPiece
from api_gateway.entities.usage import Usage
from api_gateway.entities.videos import Video, VideoFilter, VideoPage
from api_gateway.repositories.upload_stream import UploadStream, UploadTimeouts
from api_gateway.repositories.video_messages import read_video
from api_gateway.services.ports import Videos

SERVICE: Final = "fiapx.upload.v1.UploadService"
IDEMPOTENT: Final = tuple(f"{SERVICE}/{method}" for method in ("GetVideo", "ListVideos", "GetArchiveLink", "GetUsage"))
_CALLEE: Final = "upload"


class GrpcVideos(Videos):
    """Videos."""

    def __init__(self, channel: grpc.aio.Channel, timeouts: UploadTimeouts) -> None:
        self._channel = channel
        self._stub = upload_pb2_grpc.UploadServiceStub(channel)
        self._timeouts = timeouts

    async def upload(self, user_id: UUID, least_file_bytes: int, pieces: AsyncIterator[UploadPiece], key: str) -> Video:
        stream = UploadStream(self._channel, self._timeouts)
        with answered_by(_CALLEE):
            return read_video(await stream.send(user_id, least_file_bytes, pieces, key))

    async def get(self, user_id: UUID, video_id: UUID) -> Video:
        request = upload_pb2.GetVideoRequest(user_id=str(user_id), video_id=str(video_id))
        with answered_by(_CALLEE):
            return read_video(await self._stub.GetVideo(request))

    async def list(self, user_id: UUID, wanted: VideoFilter, limit: int, cursor: str) -> VideoPage:
        request = upload_pb2.ListVideosRequest(
            user_id=str(user_id),
            status=wanted.status,
            query=wanted.query,
            tag=wanted.tag,
            external_id=wanted.external_id,
            limit=limit,
            cursor=cursor,
        )
        with answered_by(_CALLEE):
            page = await self._stub.ListVideos(request)
        return VideoPage(tuple(map(read_video, page.videos)), page.next_cursor or None)

    async def cancel(self, user_id: UUID, video_id: UUID) -> Video:
        request = upload_pb2.CancelVideoRequest(user_id=str(user_id), video_id=str(video_id))
        with answered_by(_CALLEE):
            return read_video(await self._stub.CancelVideo(request))

    async def retry(self, user_id: UUID, video_id: UUID) -> Video:
        request = upload_pb2.RetryVideoRequest(user_id=str(user_id), video_id=str(video_id))
        with answered_by(_CALLEE):
            return read_video(await self._stub.RetryVideo(request))

    async def reprocess(self, user_id: UUID, video_id: UUID, options_json: str, key: str) -> Video:
        request = upload_pb2.ReprocessVideoRequest(
            user_id=str(user_id), video_id=str(video_id), options_json=options_json, idempotency_key=key
        )
        with answered_by(_CALLEE):
            return read_video(await self._stub.ReprocessVideo(request))

    async def delete(self, user_id: UUID, video_id: UUID) -> None:
        request = upload_pb2.DeleteVideoRequest(user_id=str(user_id), video_id=str(video_id))
        with answered_by(_CALLEE):
            await self._stub.DeleteVideo(request)

    async def archive_url(self, user_id: UUID, video_id: UUID) -> str:
        request = upload_pb2.GetArchiveLinkRequest(user_id=str(user_id), video_id=str(video_id))
        with answered_by(_CALLEE):
            return (await self._stub.GetArchiveLink(request)).url

    async def usage(self, user_id: UUID) -> Usage:
        with answered_by(_CALLEE):
            usage = await self._stub.GetUsage(upload_pb2.GetUsageRequest(user_id=str(user_id)))
        return Usage(
            videos=usage.videos,
            videos_limit=usage.most_videos,
            stored_bytes=usage.stored_bytes,
            stored_bytes_limit=usage.most_stored_bytes,
            file_bytes_limit=usage.most_file_bytes,
        )
