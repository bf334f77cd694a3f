"""Sending: persistent, confirmed, and never to nobody."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel, DeliveryMode
from aio_pika.exceptions import DeliveryError, PublishError
from opentelemetry import context, propagate

from fiapx_common.errors import Unavailable
from fiapx_common.messaging.connecting import BROKER_FAILURES, BrokerConnection, Purpose
from fiapx_common.messaging.envelope import Envelope, Publishable, cloud_event_headers
from fiapx_common.messaging.measuring import PUBLISH_FAILURES, PUBLISHED
from fiapx_common.messaging.topology import EVENTS, TASKS, declare_exchanges
from fiapx_common.metrics import calling


class Unroutable(Unavailable):
    """No queue is bound for it, yet: the broker gave it back."""

    def __init__(self, exchange: str, routing_key: str) -> None:
        super().__init__("message_unroutable", f"No queue takes {routing_key} from {exchange}.")


class Publisher:
    """Sends messages over one channel, many at once."""

    def __init__(self, connection: BrokerConnection) -> None:
        self._connection: Final = connection
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()

    async def publish_event(
        self,
        event: Publishable,
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Tells everybody who is bound to the event's type. Raises as `publish` does."""
        await self.publish(Envelope.around(event, message_id=message_id, headers=headers))

    async def publish_task(
        self,
        queue: str,
        task: Publishable,
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Gives work to one queue. Raises as `publish` does."""
        await self.publish(Envelope.around(task, queue=queue, message_id=message_id, headers=headers))

    async def publish(self, envelope: Envelope) -> None:
        """Returns when the broker has it on disk.

        Raises:
            Unroutable: no queue for it.
            Unavailable: not confirmed in time or connection lost: it may or may not have arrived, send it again under
                the same id.
        """
        headers = dict(envelope.headers)
        traced = propagate.extract(headers) if "traceparent" in headers else None
        propagate.inject(headers, traced)
        message = aio_pika.Message(
            envelope.body,
            message_id=str(envelope.id),
            type=envelope.type,
            timestamp=envelope.time,
            app_id=self._connection.name,
            content_type="application/json",
            delivery_mode=DeliveryMode.PERSISTENT,
            headers={**headers, **cloud_event_headers(envelope, self._connection.name)},
        )
        with _tracing(traced):
            if envelope.queue is None:
                await self.send(message, EVENTS, envelope.type)
            else:
                await self.send(message, TASKS, envelope.queue)
        PUBLISHED.labels(type=envelope.type).inc()

    async def send(self, message: aio_pika.Message, exchange: str, routing_key: str) -> None:
        """Sends a finished message. Raises as `publish` does."""
        with calling("rabbitmq", "publish", answers=(Unroutable,)):
            await self._send(message, exchange, routing_key)

    async def _send(self, message: aio_pika.Message, exchange: str, routing_key: str) -> None:
        try:
            async with asyncio.timeout(self._connection.timeout_s):
                target = await (await self._open_channel()).get_exchange(exchange, ensure=False)
                await target.publish(message, routing_key, mandatory=True)
        except PublishError as error:
            PUBLISH_FAILURES.labels(reason="unroutable").inc()
            raise Unroutable(exchange, routing_key) from error
        except DeliveryError as error:
            PUBLISH_FAILURES.labels(reason="refused").inc()
            raise Unavailable("broker_refused", "RabbitMQ refused the message.") from error
        except TimeoutError as error:
            PUBLISH_FAILURES.labels(reason="timeout").inc()
            raise Unavailable("broker_timeout", "RabbitMQ did not confirm the message in time.") from error
        except BROKER_FAILURES as error:
            PUBLISH_FAILURES.labels(reason="lost").inc()
            raise Unavailable("broker_unavailable", "The connection to RabbitMQ was lost.") from error

    async def _open_channel(self) -> AbstractChannel:
        async with self._opening:
            if self._channel is None or self._channel.is_closed:
                self._channel = None
                channel = await self._connection.channel(Purpose.PUBLISHING)
                await declare_exchanges(channel, self._connection.timeout_s)
                self._channel = channel
            return self._channel


@contextmanager
def _tracing(traced: context.Context | None) -> Iterator[None]:
    """Within the trace that the message belongs to, where OpenTelemetry's instrumentation looks for it."""
    if traced is None:
        yield
        return
    token = context.attach(traced)
    try:
        yield
    finally:
        context.detach(token)
