"""fiapx.upload.v1.UploadService."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from fiapx_common.grpc.timestamps import timestamp
from fiapx_proto.upload.v1 import upload_pb2
from typing_extensions import override

from upload_service.controllers.caller_ids import user_of, video_of
from upload_service.controllers.change_messages import to_change
from upload_service.controllers.direct_upload_rpc import DirectUploadRpc
from upload_service.controllers.measuring import UPLOAD_BYTES, UPLOADS, refusals_counted
from upload_service.controllers.share_rpc import ShareRpc
from upload_service.controllers.streamed_upload import StreamedUpload
from upload_service.controllers.upload_details import canonical_options
from upload_service.controllers.video_messages import to_message
from upload_service.controllers.watch_rpc import WatchRpc
from upload_service.entities.idempotency import RequestKey
from upload_service.entities.listing import Listing
from upload_service.services.allowances import Allowances
from upload_service.services.completing import Completing
from upload_service.services.direct_uploads import DirectUploads
from upload_service.services.library import Library
from upload_service.services.reprocessing import Reprocessing
from upload_service.services.sharing import Sharing
from upload_service.services.uploads import Uploads

SERVICE: Final = "fiapx.upload.v1.UploadService"


class VideoRpc(DirectUploadRpc, ShareRpc):
    """Each method: read the question, ask one service, answer. The error tree becomes statuses further out."""

    def __init__(
        self,
        uploads: Uploads,
        library: Library,
        direct_uploads: DirectUploads,
        completing: Completing,
        watches: WatchRpc,
        *,
        reprocessing: Reprocessing,
        sharing: Sharing,
        allowances: Allowances,
        stall_s: float,
    ) -> None:
        DirectUploadRpc.__init__(self, direct_uploads, completing)
        ShareRpc.__init__(self, sharing)
        self._uploads = uploads
        self._library = library
        self._reprocessing = reprocessing
        self._allowances = allowances
        self._watches = watches
        self._stall_s = stall_s

    @override
    async def StreamUpload(
        self, request_iterator: AsyncIterator[upload_pb2.StreamUploadRequest], context: object
    ) -> upload_pb2.Video:
        with refusals_counted():
            upload = StreamedUpload(request_iterator, self._stall_s)
            header = await upload.header()
            user_id = user_of(header.user_id)
            key = RequestKey.read(user_id, header.idempotency_key)
            video, is_new = await self._uploads.receive(
                user_id, header.filename, header.declared_size_bytes, upload, key
            )
        if is_new:
            UPLOADS.inc()
            UPLOAD_BYTES.inc(video.size_bytes)
        return to_message(video)

    @override
    async def GetVideo(self, request: upload_pb2.GetVideoRequest, context: object) -> upload_pb2.Video:
        return to_message(await self._library.get(user_of(request.user_id), video_of(request.video_id)))

    @override
    async def ListVideos(self, request: upload_pb2.ListVideosRequest, context: object) -> upload_pb2.ListVideosResponse:
        listing = Listing.read(
            user_of(request.user_id),
            status=request.status,
            query=request.query,
            tag=request.tag,
            external_id=request.external_id,
            limit=request.limit,
            cursor=request.cursor,
        )
        page = await self._library.find(listing)
        return upload_pb2.ListVideosResponse(
            videos=[to_message(video) for video in page.videos],
            next_cursor=page.next.cursor() if page.next else "",
        )

    @override
    async def ListChanges(
        self, request: upload_pb2.ListChangesRequest, context: object
    ) -> upload_pb2.ListChangesResponse:
        changes, more = await self._library.changes(
            user_of(request.user_id), video_of(request.video_id), request.after_seq, request.limit
        )
        return upload_pb2.ListChangesResponse(changes=map(to_change, changes), more=more)

    @override
    async def GetUsage(self, request: upload_pb2.GetUsageRequest, context: object) -> upload_pb2.Usage:
        allowance = await self._allowances.of(user_of(request.user_id))
        quota, usage = allowance.quota, allowance.usage
        return upload_pb2.Usage(
            videos=usage.videos,
            most_videos=quota.videos,
            stored_bytes=usage.stored_bytes,
            most_stored_bytes=quota.stored_bytes,
            most_file_bytes=quota.file_bytes,
        )

    @override
    async def CancelVideo(self, request: upload_pb2.CancelVideoRequest, context: object) -> upload_pb2.Video:
        return to_message(await self._library.cancel(user_of(request.user_id), video_of(request.video_id)))

    @override
    async def RetryVideo(self, request: upload_pb2.RetryVideoRequest, context: object) -> upload_pb2.Video:
        return to_message(await self._library.retry(user_of(request.user_id), video_of(request.video_id)))

    @override
    async def ReprocessVideo(self, request: upload_pb2.ReprocessVideoRequest, context: object) -> upload_pb2.Video:
        user_id = user_of(request.user_id)
        key = RequestKey.read(user_id, request.idempotency_key)
        options_json = canonical_options(request.options_json)
        return to_message(await self._reprocessing.reprocess(user_id, video_of(request.video_id), options_json, key))

    @override
    async def DeleteVideo(
        self, request: upload_pb2.DeleteVideoRequest, context: object
    ) -> upload_pb2.DeleteVideoResponse:
        await self._library.delete(user_of(request.user_id), video_of(request.video_id))
        return upload_pb2.DeleteVideoResponse()

    @override
    async def GetArchiveLink(
        self, request: upload_pb2.GetArchiveLinkRequest, context: object
    ) -> upload_pb2.ArchiveLink:
        link = await self._library.archive_link(user_of(request.user_id), video_of(request.video_id))
        return upload_pb2.ArchiveLink(url=link.url, expires_at=timestamp(link.expires_at))

    @override
    async def WatchVideos(
        self, request: upload_pb2.WatchVideosRequest, context: object
    ) -> AsyncIterator[upload_pb2.VideoChange]:
        async with aclosing(self._watches.watch(request)) as changes:
            async for change in changes:
                yield change
