"""Fresh RabbitMQ virtual hosts, and what is in their queues."""

import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aio_pika
import httpx

from fiapx_testing.servers import Server
from fiapx_testing.waiting import PATIENCE_S

_TLS = ssl.create_default_context()  # reading the certificates takes longer than making a virtual host


@dataclass(frozen=True)
class QueueState:
    """One queue at this moment."""

    ready: int
    """Messages that wait for a consumer."""
    consumers: int


@dataclass(frozen=True)
class Broker:
    """One virtual host with nobody else in it."""

    server: Server
    management: Server
    vhost: str

    @property
    def url(self) -> str:
        """For somebody who may do everything in it."""
        return f"amqp://{self.server.user}:{self.server.password}@{self.server.address}/{self.vhost}"

    async def queue(self, name: str) -> QueueState:
        """A queue's state, exact at this moment; raises aio_pika's ChannelNotFoundEntity if there is none."""
        connection = await aio_pika.connect(self.url, timeout=PATIENCE_S)
        async with connection, connection.channel() as channel:
            queue = await channel.declare_queue(name, passive=True, timeout=PATIENCE_S)
            result = queue.declaration_result
            return QueueState(result.message_count or 0, result.consumer_count or 0)

    async def queue_names(self) -> set[str]:
        async with self._api() as api:
            answer = await api.get(f"/api/queues/{self.vhost}", params={"disable_stats": "true"})
            return {queue["name"] for queue in answer.raise_for_status().json()}

    async def cut_connections(self) -> int:
        """Close every connection from the broker's side; returns how many there were."""
        async with self._api() as api:
            connections = (await api.get(f"/api/vhosts/{self.vhost}/connections")).raise_for_status().json()
            for connection in connections:
                await api.delete(f"/api/connections/{connection['name']}")
            return len(connections)

    async def create(self) -> None:
        async with self._api() as api:
            (await api.put(f"/api/vhosts/{self.vhost}")).raise_for_status()
            rights = {"configure": ".*", "write": ".*", "read": ".*"}
            answer = await api.put(f"/api/permissions/{self.vhost}/{self.server.user}", json=rights)
            answer.raise_for_status()

    async def delete(self) -> None:
        async with self._api() as api:
            (await api.delete(f"/api/vhosts/{self.vhost}")).raise_for_status()

    def _api(self) -> httpx.AsyncClient:
        login = httpx.BasicAuth(self.management.user, self.management.password)
        address = f"http://{self.management.address}"
        return httpx.AsyncClient(base_url=address, auth=login, timeout=PATIENCE_S, trust_env=False, verify=_TLS)


@asynccontextmanager
async def fresh_broker(server: Server, management: Server) -> AsyncIterator[Broker]:
    broker = Broker(server, management, f"tests-{secrets.token_hex(6)}")
    await broker.create()
    try:
        yield broker
    finally:
        await broker.delete()
