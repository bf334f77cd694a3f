"""upload-service over gRPC: uploads that clients send to the store by themselves."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_common.grpc.timestamps import moment
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc

from api_gateway.entities.direct_uploads import DirectUpload, SignedPart, UploadedPart, WantedUpload
from api_gateway.entities.videos import Video
from api_gateway.repositories.video_messages import read_video, write_details
from api_gateway.services.ports import DirectUploads

_SERVICE: Final = "fiapx.upload.v1.UploadService"
IDEMPOTENT: Final = tuple(
    f"{_SERVICE}/{method}" for method in ("GetUpload", "SignParts", "CompleteUpload", "AbortUpload")
)
_CALLEE: Final = "upload"


class GrpcDirectUploads(DirectUploads):
    """Uploads in parts. Joining many of them may take `complete_timeout_s`."""

    def __init__(self, channel: grpc.aio.Channel, complete_timeout_s: float) -> None:
        self._stub = upload_pb2_grpc.UploadServiceStub(channel)
        self._complete_timeout_s = complete_timeout_s

    async def create(self, user_id: UUID, wanted: WantedUpload, key: str) -> DirectUpload:
        request = upload_pb2.CreateUploadRequest(
            user_id=str(user_id),
            filename=wanted.filename,
            size_bytes=wanted.size_bytes,
            content_type=wanted.content_type,
            sha256=wanted.sha256,
            details=write_details(wanted.details),
            idempotency_key=key,
        )
        with answered_by(_CALLEE):
            return _upload(await self._stub.CreateUpload(request))

    async def get(self, user_id: UUID, upload_id: UUID) -> DirectUpload:
        request = upload_pb2.GetUploadRequest(user_id=str(user_id), upload_id=str(upload_id))
        with answered_by(_CALLEE):
            return _upload(await self._stub.GetUpload(request))

    async def sign(self, user_id: UUID, upload_id: UUID, part_numbers: Sequence[int]) -> tuple[SignedPart, ...]:
        request = upload_pb2.SignPartsRequest(user_id=str(user_id), upload_id=str(upload_id), part_numbers=part_numbers)
        with answered_by(_CALLEE):
            answer = await self._stub.SignParts(request)
        return tuple(SignedPart(part.part_number, part.url, moment(part.expires_at)) for part in answer.parts)

    async def complete(self, user_id: UUID, upload_id: UUID, parts: Sequence[UploadedPart]) -> Video:
        told = [upload_pb2.UploadedPart(part_number=part.part_number, etag=part.etag) for part in parts]
        request = upload_pb2.CompleteUploadRequest(user_id=str(user_id), upload_id=str(upload_id), parts=told)
        with answered_by(_CALLEE):
            return read_video(await self._stub.CompleteUpload(request, timeout=self._complete_timeout_s))

    async def abort(self, user_id: UUID, upload_id: UUID) -> None:
        request = upload_pb2.AbortUploadRequest(user_id=str(user_id), upload_id=str(upload_id))
        with answered_by(_CALLEE):
            await self._stub.AbortUpload(request)


def _upload(upload: upload_pb2.Upload) -> DirectUpload:
    parts = tuple(UploadedPart(part.part_number, part.etag, part.size_bytes) for part in upload.parts)
    return DirectUpload(UUID(upload.id), upload.part_size_bytes, upload.part_count, moment(upload.expires_at), parts)
