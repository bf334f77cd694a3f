"""The real servers that tests use: where they are, who may do everything there."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Server:
    """One server and its administrator."""

    host: str
    port: int
    user: str = ""
    password: str = ""

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Servers:
    """PostgreSQL, Redis, RabbitMQ, an object store and a mail catcher, all running."""

    postgres: Server
    redis: Server
    rabbitmq: Server
    rabbitmq_management: Server
    store: Server
    smtp: Server
    mail_page: Server

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: Path) -> "Servers":
        return cls(**{name: Server(**fields) for name, fields in json.loads(path.read_text()).items()})


class Host(Protocol):
    """What runs the servers."""

    def start(self) -> Servers:
        """Start all of them; takes some 10 s."""

    def stop(self) -> None:
        """Stop what was started and remove what it kept; may be asked of another process than the starter."""
