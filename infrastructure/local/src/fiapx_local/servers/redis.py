"""Redis: a cache, a user per service that sees its own keys only."""

import hashlib
from dataclasses import dataclass

from fiapx_local.binaries import find
from fiapx_local.credentials import write_private
from fiapx_local.probes import first_bytes
from fiapx_local.program import Program
from fiapx_local.settings import StackSettings

_USERS = ("auth", "upload", "gateway", "processing")
ADMIN = "admin"
_EXTRA = {"gateway": " ~fiapx:rate:* (+subscribe +psubscribe &auth:*)"}  # counts, and ended sessions from auth-service
DATABASES = 1024


@dataclass(frozen=True)
class Redis:
    """The stack's Redis server."""

    settings: StackSettings
    name: str = "redis"
    description: str = "Redis"

    @property
    def port(self) -> int:
        return self.settings.ports.inner.redis

    @property
    def address(self) -> str:
        return f"{self.settings.host}:{self.port}"

    def url(self, user: str = ADMIN, database: int = 0) -> str:
        return f"redis://{user}:{self._password(user)}@{self.address}/{database}"

    def programs(self) -> list[Program]:
        folder = self.settings.layout.redis
        return [Program(self.name, (find("redis-server"), str(folder / "redis.conf")), folder)]

    def prepare(self) -> None:
        folder = self.settings.layout.redis
        configuration = {
            "bind": self.settings.bind,
            "port": self.port,
            "aclfile": "users.acl",
            "save": '""',
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",
            "databases": DATABASES,
            "set-proc-title": "no",  # it would overwrite the mark that tells whose process it is
        }
        write_private(folder / "redis.conf", "".join(f"{name} {value}\n" for name, value in configuration.items()))
        users = [self._rule(user, f"~{user}:* &{user}:* +@all -@dangerous{_EXTRA.get(user, '')}") for user in _USERS]
        rules = ["user default off", self._rule(ADMIN, "~* &* +@all"), *users]
        write_private(folder / "users.acl", "\n".join(rules) + "\n")

    def is_ready(self) -> bool:
        answer = first_bytes(self.settings.host, self.port, b"PING\r\n", 64)
        return answer.startswith((b"-NOAUTH", b"+PONG"))

    def provision(self) -> None:
        """Its users are in a file."""

    def _rule(self, user: str, rights: str) -> str:
        return f"user {user} on #{hashlib.sha256(self._password(user).encode()).hexdigest()} {rights}"

    def _password(self, user: str) -> str:
        return self.settings.credentials.of(f"redis-{user}")
