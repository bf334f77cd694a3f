"""upload-service over gRPC: the records of videos."""

import json
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_common.grpc.timestamps import moment
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc

from api_gateway.entities.exports import HistoryEntry, Page
from api_gateway.repositories.upload_client import SERVICE
from api_gateway.services.export_ports import Histories

IDEMPOTENT: Final = (f"{SERVICE}/ListChanges",)


class GrpcHistories(Histories):
    """What has become of videos; a cursor is the seq of the last change."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = upload_pb2_grpc.UploadServiceStub(channel)

    async def page(self, user_id: UUID, video_id: UUID, cursor: str) -> Page[HistoryEntry]:
        request = upload_pb2.ListChangesRequest(
            user_id=str(user_id), video_id=str(video_id), after_seq=int(cursor) if cursor else 0
        )
        with answered_by("upload"):
            page = await self._stub.ListChanges(request)
        changes = tuple(HistoryEntry(moment(change.at), json.loads(change.fields_json)) for change in page.changes)
        return Page(changes, str(page.changes[-1].seq) if page.more else None)
