"""The infrastructure's servers: arguments, configuration, readiness, what they hold."""

from fiapx_local.program import Server
from fiapx_local.servers.mail import MailCatcher
from fiapx_local.servers.object_store import ObjectStore
from fiapx_local.servers.postgres import Postgres
from fiapx_local.servers.rabbitmq import RabbitMQ
from fiapx_local.servers.redis import Redis
from fiapx_local.settings import StackSettings

INFRASTRUCTURE = ("postgres", "redis", "rabbitmq", "store", "mail")

__all__ = ["INFRASTRUCTURE", "MailCatcher", "ObjectStore", "Postgres", "RabbitMQ", "Redis", "infrastructure"]


def infrastructure(settings: StackSettings) -> list[Server]:
    return [Postgres(settings), Redis(settings), RabbitMQ(settings), ObjectStore(settings), MailCatcher(settings)]
