"""gRPC: users' webhooks."""

from typing import Any

import grpc
from fiapx_common.grpc.timestamps import timestamp
from fiapx_proto.notification.v1 import webhooks_pb2, webhooks_pb2_grpc

from notification_service.controllers.caller_ids import id_of, user_of
from notification_service.entities.deliveries import DeliveryRecord, DeliveryStatus, ReceiverAnswer
from notification_service.entities.webhooks import Webhook
from notification_service.services.webhooks import Webhooks

SERVICE = "fiapx.notification.v1.WebhookService"
Context = grpc.aio.ServicerContext[Any, Any]


class WebhooksRpc(webhooks_pb2_grpc.WebhookServiceServicer):
    """Errors are raised as they are; the server tells them as statuses."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks

    async def CreateWebhook(  # noqa: N802 (the name in the protocol, as the others)
        self, request: webhooks_pb2.CreateWebhookRequest, _context: Context
    ) -> webhooks_pb2.CreateWebhookResponse:
        made = await self._webhooks.make(
            user_of(request.user_id), request.url, request.events, request.description, request.idempotency_key
        )
        return webhooks_pb2.CreateWebhookResponse(webhook=_webhook(made), secret=made.secret_text)

    async def ListWebhooks(  # noqa: N802
        self, request: webhooks_pb2.ListWebhooksRequest, _context: Context
    ) -> webhooks_pb2.ListWebhooksResponse:
        page = await self._webhooks.page(user_of(request.user_id), request.cursor, request.limit)
        return webhooks_pb2.ListWebhooksResponse(webhooks=map(_webhook, page.rows), next_cursor=page.next_cursor)

    async def GetWebhook(  # noqa: N802
        self, request: webhooks_pb2.GetWebhookRequest, _context: Context
    ) -> webhooks_pb2.Webhook:
        return _webhook(await self._webhooks.get(user_of(request.user_id), id_of(request.id, "id")))

    async def DeleteWebhook(  # noqa: N802
        self, request: webhooks_pb2.DeleteWebhookRequest, _context: Context
    ) -> webhooks_pb2.DeleteWebhookResponse:
        await self._webhooks.remove(user_of(request.user_id), id_of(request.id, "id"))
        return webhooks_pb2.DeleteWebhookResponse()

    async def ListDeliveries(  # noqa: N802
        self, request: webhooks_pb2.ListDeliveriesRequest, _context: Context
    ) -> webhooks_pb2.ListDeliveriesResponse:
        webhook_id = id_of(request.webhook_id, "webhook_id")
        page = await self._webhooks.deliveries(user_of(request.user_id), webhook_id, request.cursor, request.limit)
        return webhooks_pb2.ListDeliveriesResponse(deliveries=map(_delivery, page.rows), next_cursor=page.next_cursor)

    async def Redeliver(  # noqa: N802
        self, request: webhooks_pb2.RedeliverRequest, _context: Context
    ) -> webhooks_pb2.Delivery:
        webhook_id = id_of(request.webhook_id, "webhook_id")
        return _delivery(await self._webhooks.redeliver(user_of(request.user_id), webhook_id, id_of(request.id, "id")))


def register(server: grpc.aio.Server, servicer: WebhooksRpc) -> None:
    """Adds it to a server."""
    webhooks_pb2_grpc.add_WebhookServiceServicer_to_server(servicer, server)


def _webhook(webhook: Webhook) -> webhooks_pb2.Webhook:
    return webhooks_pb2.Webhook(
        id=str(webhook.id),
        url=webhook.url,
        events=webhook.events,
        description=webhook.description,
        created_at=timestamp(webhook.created_at),
        disabled_at=timestamp(webhook.disabled_at),
    )


def _delivery(record: DeliveryRecord) -> webhooks_pb2.Delivery:
    pending = record.status is DeliveryStatus.PENDING
    return webhooks_pb2.Delivery(
        id=str(record.id),
        type=record.event.type,
        video_id=str(record.event.video_id),
        attempt=record.event.attempt,
        body=record.event.body,
        status=record.status,
        tries=record.tries,
        created_at=timestamp(record.created_at),
        next_try_at=timestamp(record.due_at) if pending else None,
        tried_at=timestamp(record.tried_at),
        ended_at=timestamp(record.ended_at),
        answer=_answer(record.answer),
        failure=record.failure or "",
    )


def _answer(answer: ReceiverAnswer | None) -> webhooks_pb2.Answer | None:
    if answer is None:
        return None
    return webhooks_pb2.Answer(status=answer.status, text=answer.text, duration_s=answer.duration_s)
