"""`/webhooks`: the caller's programs, which are told of videos (Standard Webhooks)."""

from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api_gateway.controllers.admission import CurrentCaller
from api_gateway.controllers.dto import API, ShortText
from api_gateway.controllers.idempotency_key import IdempotencyKey
from api_gateway.controllers.next_page import LINK_HEADER, ToNextPage
from api_gateway.controllers.problems import LOCATION, REPEATABLE, Responses, problems
from api_gateway.controllers.routes import KeyRoute, caller_router
from api_gateway.controllers.webhooks_dto import (
    DeliveryDto,
    DeliveryPageDto,
    NewWebhookDto,
    WebhookDto,
    WebhookPageDto,
    WebhookWish,
)
from api_gateway.services.webhook_desk import WebhookDesk

_PATH: Final = f"{API}/webhooks"
_DEFAULT_LIMIT: Final = 50
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[ShortText, Query()]


class WebhooksHttp:
    """For API keys too: programs are who listens."""

    def __init__(self, desk: WebhookDesk) -> None:
        self._desk = desk

    def router(self) -> APIRouter:
        """The routes."""
        router = caller_router(KeyRoute, prefix=_PATH, tags=["webhooks"])
        down = problems("service_unavailable")
        one = problems("webhook_not_found") | down
        linked: Responses = {200: {"headers": LINK_HEADER}}
        made: Responses = {HTTPStatus.CREATED: {"headers": LOCATION}}
        router.add_api_route(
            "",
            self.make,
            methods=["POST"],
            status_code=HTTPStatus.CREATED,
            responses=made | problems("invalid_request", "too_many_webhooks", "body_too_large", *REPEATABLE) | down,
        )
        router.add_api_route("", self.list, methods=["GET"], responses=linked | down)
        router.add_api_route("/{webhook_id}", self.get, methods=["GET"], responses=one)
        router.add_api_route(
            "/{webhook_id}", self.remove, methods=["DELETE"], status_code=HTTPStatus.NO_CONTENT, responses=one
        )
        router.add_api_route("/{webhook_id}/deliveries", self.deliveries, methods=["GET"], responses=linked | one)
        router.add_api_route(
            "/{webhook_id}/deliveries/{delivery_id}/redeliver",
            self.redeliver,
            methods=["POST"],
            status_code=HTTPStatus.ACCEPTED,
            responses=problems("webhook_not_found", "delivery_not_found", "webhook_disabled") | down,
        )
        return router

    async def make(
        self, caller: CurrentCaller, wish: WebhookWish, key: IdempotencyKey, response: Response
    ) -> NewWebhookDto:
        """Names an address of yours that is told when an attempt at a video has ended, however it has.

        Each message is a POST signed as [Standard Webhooks](https://www.standardwebhooks.com) says, by the `secret` in
        this answer. An answer other than 2xx within 15 s is tried again nine times within some three days; 410 ends
        all. A message may come twice, then with the same `webhook-id`.
        """
        made = await self._desk.make(caller, wish.wanted(), key)
        response.headers["Location"] = f"{_PATH}/{made.webhook.id}"
        return NewWebhookDto.of_new(made)

    async def list(
        self, caller: CurrentCaller, *, limit: Limit = _DEFAULT_LIMIT, cursor: Cursor = "", next_page: ToNextPage
    ) -> WebhookPageDto:
        """Your webhooks, newest first."""
        page = await self._desk.page(caller, cursor, limit)
        next_page.tell(page.next_cursor)
        return WebhookPageDto.of(page)

    async def get(self, caller: CurrentCaller, webhook_id: UUID) -> WebhookDto:
        """One of your webhooks."""
        return WebhookDto.of(await self._desk.get(caller, webhook_id))

    async def remove(self, caller: CurrentCaller, webhook_id: UUID) -> None:
        """Sends nothing to it any more, from now on; its deliveries go too."""
        await self._desk.remove(caller, webhook_id)

    async def deliveries(
        self,
        caller: CurrentCaller,
        webhook_id: UUID,
        *,
        limit: Limit = _DEFAULT_LIMIT,
        cursor: Cursor = "",
        next_page: ToNextPage,
    ) -> DeliveryPageDto:
        """The messages to a webhook of the last 30 days, newest first, and what its receiver said to the last try.

        At most 50 are on one page.
        """
        page = await self._desk.deliveries(caller, webhook_id, cursor, limit)
        next_page.tell(page.next_cursor)
        return DeliveryPageDto.of(page)

    async def redeliver(self, caller: CurrentCaller, webhook_id: UUID, delivery_id: UUID) -> DeliveryDto:
        """Sends a message again now, under the same `webhook-id`, whatever became of it before."""
        return DeliveryDto.of(await self._desk.redeliver(caller, webhook_id, delivery_id))
