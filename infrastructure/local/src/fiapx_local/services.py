"""The platform's own processes: what each is started with and when it is ready."""

import http.client
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fiapx_local import environment
from fiapx_local.checkout import ROOT
from fiapx_local.probes import http_status
from fiapx_local.program import Program
from fiapx_local.settings import StackSettings
from fiapx_local.source_fingerprint import fingerprint

_DRAINS_WITHIN_S = 60
# As in the services' Dockerfiles: else each thread that handles large blocks keeps some of them to itself.
_ALLOCATOR = {"MALLOC_ARENA_MAX": "2"}


@dataclass(frozen=True)
class Service:
    """One process of one service."""

    settings: StackSettings
    name: str
    folder: str
    """Its folder in the checkout; the package has the same name."""
    prefix: str
    """Of its environment variables."""
    health_port: int
    variables: Callable[[], dict[str, str]]
    """Its environment; asked late, since secrets are made at the first start."""

    @property
    def description(self) -> str:
        return f"python -m {self.package}"

    @property
    def package(self) -> str:
        return self.folder.replace("-", "_")

    @property
    def directory(self) -> Path:
        return ROOT / self.folder

    @property
    def address(self) -> str:
        return f"{self.settings.host}:{self.health_port}"

    def environment(self) -> dict[str, str]:
        """What it reads, a person's own choices last."""
        return {**_ALLOCATOR, **self.variables(), **environment.of_prefix(self.prefix)}

    def programs(self) -> list[Program]:
        changes = {"FIAPX_SOURCE": fingerprint(self.directory, self.package)}
        argv = (sys.executable, "-m", self.package)
        variables = {**self.environment(), **changes}
        return [Program(self.name, argv, self.directory, variables, stop_wait_s=_DRAINS_WITHIN_S)]

    def prepare(self) -> None:
        """Migrations run before, see `migrations`."""

    def is_ready(self) -> bool:
        return http_status(self.settings.host, self.health_port, "/health/ready") == http.client.OK

    def provision(self) -> None:
        """It holds nothing."""
