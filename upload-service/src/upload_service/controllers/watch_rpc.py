"""The call of fiapx.upload.v1.UploadService that goes on: videos as they change."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fiapx_proto.upload.v1 import upload_pb2

from upload_service.controllers.caller_ids import user_of, video_of
from upload_service.controllers.video_messages import to_message
from upload_service.entities.changes import Change
from upload_service.services.watching import Watching


class WatchRpc:
    """Reads the question, and answers until the caller leaves."""

    def __init__(self, watching: Watching, leave_s: float) -> None:
        self._watching = watching
        self._leave_s = leave_s
        self._calls: set[asyncio.Task[Any]] = set()

    async def watch(self, request: upload_pb2.WatchVideosRequest) -> AsyncGenerator[upload_pb2.VideoChange, None]:
        """Each change as a message; the first one is empty."""
        if (call := asyncio.current_task()) is not None:
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        video_id = video_of(request.video_id) if request.video_id else None
        after_seq = request.after_seq if request.HasField("after_seq") else None
        async with aclosing(self._watching.watch(user_of(request.user_id), video_id, after_seq)) as changes:
            async for change in changes:
                yield _to_message(change)

    async def end(self) -> None:
        """Sends all watchers on. Who reads nothing, and so does not hear of it within `leave_s`, is cut off."""
        self._watching.stop()
        if self._calls:
            await asyncio.wait(self._calls, timeout=self._leave_s)
        for call in self._calls:
            call.cancel()


def _to_message(change: Change | None) -> upload_pb2.VideoChange:
    if change is None:
        return upload_pb2.VideoChange()
    seq, video = change
    if video.deleted_at is not None:
        gone = upload_pb2.Video(id=str(video.id), user_id=str(video.user_id))
        return upload_pb2.VideoChange(seq=seq, video=gone, deleted=True)
    return upload_pb2.VideoChange(seq=seq, video=to_message(video))
