"""upload-service over gRPC: changes of videos, as a stream."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.errors import Unavailable
from fiapx_common.grpc.client import answered_by
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc

from api_gateway.entities.changes import VideoChange, Watched
from api_gateway.repositories.video_messages import read_video
from api_gateway.services.ports import Changes

_CALLEE: Final = "upload"


class GrpcChanges(Changes):
    """Changes of a user's videos."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = upload_pb2_grpc.UploadServiceStub(channel)

    async def watch(self, watched: Watched, first_s: float, lasts_s: float) -> AsyncGenerator[VideoChange]:
        request = upload_pb2.WatchVideosRequest(
            user_id=str(watched.user_id),
            video_id=str(watched.video_id or ""),
            after_seq=watched.after_seq,
        )
        call = self._stub.WatchVideos(request, timeout=lasts_s)
        try:
            with answered_by(_CALLEE):
                messages = aiter(call)
                async with _in_time(first_s):
                    first = await anext(messages, None)
                if first is not None:
                    yield _change(first)
                async for message in messages:
                    yield _change(message)
        finally:
            # Behind interceptors, neither a cancelled task nor a closed iterator ends the call.
            call.cancel()


@asynccontextmanager
async def _in_time(within_s: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(within_s):
            yield
    except TimeoutError as error:
        raise Unavailable("service_unavailable", "The upload service does not answer at the moment.") from error


def _change(change: upload_pb2.VideoChange) -> VideoChange:
    if not change.HasField("video"):
        return VideoChange(change.seq)
    if change.deleted:
        return VideoChange(change.seq, deleted_id=UUID(change.video.id))
    return VideoChange(change.seq, read_video(change.video))
