"""gRPC: what was sent to whom."""

import json
from typing import Any

import grpc
from fiapx_common.grpc.timestamps import timestamp
from fiapx_proto.notification.v1 import notification_pb2, notification_pb2_grpc

from notification_service.controllers.caller_ids import user_of
from notification_service.entities.mails import MailRecord
from notification_service.services.history import MailHistory

SERVICE = "fiapx.notification.v1.NotificationService"


class MailsRpc(notification_pb2_grpc.NotificationServiceServicer):
    """Errors are raised as they are; the server tells them as statuses."""

    def __init__(self, history: MailHistory) -> None:
        self._history = history

    async def ListMails(  # noqa: N802 (the name in the protocol)
        self,
        request: notification_pb2.ListMailsRequest,
        _context: grpc.aio.ServicerContext[Any, Any],
    ) -> notification_pb2.ListMailsResponse:
        page = await self._history.newest(user_of(request.user_id), request.cursor, request.limit)
        return notification_pb2.ListMailsResponse(mails=map(_mail, page.rows), next_cursor=page.next_cursor)


def register(server: grpc.aio.Server, servicer: MailsRpc) -> None:
    """Adds it to a server."""
    notification_pb2_grpc.add_NotificationServiceServicer_to_server(servicer, server)


def _mail(record: MailRecord) -> notification_pb2.Mail:
    video_id = record.outcome.video_id
    return notification_pb2.Mail(
        message_id=record.message_id,
        kind=record.outcome.kind,
        subject=record.subject,
        status=record.status,
        failure=record.failure or "",
        created_at=timestamp(record.created_at),
        sent_at=timestamp(record.sent_at),
        language=record.language,
        video_id=str(video_id) if video_id else "",
        attempt=record.outcome.attempt if video_id else 0,
        facts_json=json.dumps(record.facts),
    )
