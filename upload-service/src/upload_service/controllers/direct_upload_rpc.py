"""The calls of fiapx.upload.v1.UploadService about uploads that clients send to the store by themselves."""

from collections.abc import Sequence

from fiapx_common.grpc.timestamps import timestamp
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc
from typing_extensions import override

from upload_service.controllers.caller_ids import user_of, video_of
from upload_service.controllers.measuring import UPLOAD_BYTES, UPLOADS, refusals_counted
from upload_service.controllers.upload_details import read_details
from upload_service.controllers.video_messages import to_message
from upload_service.entities.direct_upload import DirectUpload, UploadedPart
from upload_service.entities.idempotency import RequestKey
from upload_service.services.completing import Completing
from upload_service.services.direct_uploads import DirectUploads


class DirectUploadRpc(upload_pb2_grpc.UploadServiceServicer):
    """Each method: read the question, ask one service, answer."""

    def __init__(self, direct_uploads: DirectUploads, completing: Completing) -> None:
        self._direct_uploads = direct_uploads
        self._completing = completing

    @override
    async def CreateUpload(self, request: upload_pb2.CreateUploadRequest, context: object) -> upload_pb2.Upload:
        with refusals_counted():
            user_id, details = user_of(request.user_id), read_details(request.details)
            key = RequestKey.read(user_id, request.idempotency_key)
            upload = await self._direct_uploads.create(
                user_id, request.filename, request.size_bytes, request.sha256, details, key=key
            )
        return _to_message(upload)

    @override
    async def GetUpload(self, request: upload_pb2.GetUploadRequest, context: object) -> upload_pb2.Upload:
        upload, parts = await self._direct_uploads.get(user_of(request.user_id), video_of(request.upload_id))
        return _to_message(upload, parts)

    @override
    async def SignParts(self, request: upload_pb2.SignPartsRequest, context: object) -> upload_pb2.SignPartsResponse:
        signed = await self._direct_uploads.sign(
            user_of(request.user_id), video_of(request.upload_id), request.part_numbers
        )
        return upload_pb2.SignPartsResponse(
            parts=[
                upload_pb2.SignedPart(part_number=one.number, url=one.url, expires_at=timestamp(one.expires_at))
                for one in signed
            ]
        )

    @override
    async def CompleteUpload(self, request: upload_pb2.CompleteUploadRequest, context: object) -> upload_pb2.Video:
        told = [UploadedPart(one.part_number, one.etag, one.size_bytes) for one in request.parts]
        with refusals_counted():
            video, is_new = await self._completing.complete(user_of(request.user_id), video_of(request.upload_id), told)
        if is_new:
            UPLOADS.inc()
            UPLOAD_BYTES.inc(video.size_bytes)
        return to_message(video)

    @override
    async def AbortUpload(
        self, request: upload_pb2.AbortUploadRequest, context: object
    ) -> upload_pb2.AbortUploadResponse:
        await self._direct_uploads.abort(user_of(request.user_id), video_of(request.upload_id))
        return upload_pb2.AbortUploadResponse()


def _to_message(upload: DirectUpload, parts: Sequence[UploadedPart] = ()) -> upload_pb2.Upload:
    return upload_pb2.Upload(
        id=str(upload.video_id),
        part_size_bytes=upload.plan.part_size_bytes,
        part_count=upload.plan.count,
        expires_at=timestamp(upload.expires_at),
        parts=[
            upload_pb2.UploadedPart(part_number=one.number, etag=one.etag, size_bytes=one.size_bytes) for one in parts
        ],
    )
