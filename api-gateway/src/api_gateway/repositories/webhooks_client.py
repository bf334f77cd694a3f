"""notification-service over gRPC: webhooks."""

import json
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_common.grpc.timestamps import moment
from fiapx_proto.notification.v1 import webhooks_pb2, webhooks_pb2_grpc

from api_gateway.entities.exports import Page
from api_gateway.entities.webhooks import Delivery, NewWebhook, ReceiverAnswer, WantedWebhook, Webhook
from api_gateway.services.webhook_ports import WebhookRegistry

_SERVICE: Final = "fiapx.notification.v1.WebhookService"
IDEMPOTENT: Final = tuple(f"{_SERVICE}/{method}" for method in ("ListWebhooks", "GetWebhook", "ListDeliveries"))
_CALLEE: Final = "notification"


class GrpcWebhooks(WebhookRegistry):
    """One RPC per call."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = webhooks_pb2_grpc.WebhookServiceStub(channel)

    async def make(self, user_id: UUID, wanted: WantedWebhook, idempotency_key: str) -> NewWebhook:
        request = webhooks_pb2.CreateWebhookRequest(
            user_id=str(user_id),
            url=wanted.url,
            events=wanted.events,
            description=wanted.description,
            idempotency_key=idempotency_key,
        )
        with answered_by(_CALLEE):
            made = await self._stub.CreateWebhook(request)
        return NewWebhook(_webhook(made.webhook), made.secret)

    async def page(self, user_id: UUID, cursor: str, limit: int) -> Page[Webhook]:
        request = webhooks_pb2.ListWebhooksRequest(user_id=str(user_id), cursor=cursor, limit=limit)
        with answered_by(_CALLEE):
            page = await self._stub.ListWebhooks(request)
        return Page(tuple(map(_webhook, page.webhooks)), page.next_cursor or None)

    async def get(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        request = webhooks_pb2.GetWebhookRequest(user_id=str(user_id), id=str(webhook_id))
        with answered_by(_CALLEE):
            return _webhook(await self._stub.GetWebhook(request))

    async def remove(self, user_id: UUID, webhook_id: UUID) -> None:
        request = webhooks_pb2.DeleteWebhookRequest(user_id=str(user_id), id=str(webhook_id))
        with answered_by(_CALLEE):
            await self._stub.DeleteWebhook(request)

    async def deliveries(self, user_id: UUID, webhook_id: UUID, cursor: str, limit: int) -> Page[Delivery]:
        request = webhooks_pb2.ListDeliveriesRequest(
            user_id=str(user_id), webhook_id=str(webhook_id), cursor=cursor, limit=limit
        )
        with answered_by(_CALLEE):
            page = await self._stub.ListDeliveries(request)
        return Page(tuple(map(_delivery, page.deliveries)), page.next_cursor or None)

    async def redeliver(self, user_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Delivery:
        request = webhooks_pb2.RedeliverRequest(user_id=str(user_id), webhook_id=str(webhook_id), id=str(delivery_id))
        with answered_by(_CALLEE):
            return _delivery(await self._stub.Redeliver(request))


def _webhook(webhook: webhooks_pb2.Webhook) -> Webhook:
    return Webhook(
        id=UUID(webhook.id),
        url=webhook.url,
        events=tuple(webhook.events),
        description=webhook.description,
        created_at=moment(webhook.created_at),
        disabled_at=moment(webhook.disabled_at) if webhook.HasField("disabled_at") else None,
    )


def _delivery(delivery: webhooks_pb2.Delivery) -> Delivery:
    answer = delivery.answer
    return Delivery(
        id=UUID(delivery.id),
        type=delivery.type,
        video_id=UUID(delivery.video_id),
        attempt=delivery.attempt,
        payload=json.loads(delivery.body),
        status=delivery.status,
        tries=delivery.tries,
        created_at=moment(delivery.created_at),
        next_try_at=moment(delivery.next_try_at) if delivery.HasField("next_try_at") else None,
        tried_at=moment(delivery.tried_at) if delivery.HasField("tried_at") else None,
        ended_at=moment(delivery.ended_at) if delivery.HasField("ended_at") else None,
        answer=ReceiverAnswer(answer.status, answer.text, answer.duration_s) if delivery.HasField("answer") else None,
        failure=delivery.failure or None,
    )
