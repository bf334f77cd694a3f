"""notification-service over gRPC."""

import json
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_common.grpc.timestamps import moment
from fiapx_proto.notification.v1 import notification_pb2, notification_pb2_grpc

from api_gateway.entities.exports import Page, SentMail
from api_gateway.services.export_ports import Mails

IDEMPOTENT: Final = ("fiapx.notification.v1.NotificationService/ListMails",)
_MOST: Final = 200


class GrpcMails(Mails):
    """What was sent to whom."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = notification_pb2_grpc.NotificationServiceStub(channel)

    async def page(self, user_id: UUID, cursor: str) -> Page[SentMail]:
        request = notification_pb2.ListMailsRequest(user_id=str(user_id), limit=_MOST, cursor=cursor)
        with answered_by("notification"):
            page = await self._stub.ListMails(request)
        return Page(tuple(map(_mail, page.mails)), page.next_cursor or None)


def _mail(mail: notification_pb2.Mail) -> SentMail:
    return SentMail(
        message_id=mail.message_id,
        kind=mail.kind,
        subject=mail.subject,
        status=mail.status,
        failure=mail.failure or None,
        language=mail.language,
        video_id=UUID(mail.video_id) if mail.video_id else None,
        attempt=mail.attempt or None,
        facts=json.loads(mail.facts_json),
        created_at=moment(mail.created_at),
        sent_at=moment(mail.sent_at) if mail.HasField("sent_at") else None,
    )
