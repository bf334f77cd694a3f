"""What the supervisor must know of one process, and what a server owes the stack."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Program:
    """One supervised process."""

    name: str
    argv: tuple[str, ...]
    directory: Path
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: str = "TERM"
    stop_wait_s: int = 10


class Server(Protocol):
    """A server of the infrastructure, run by one or more programs."""

    @property
    def name(self) -> str:
        """What commands and messages call it."""

    @property
    def description(self) -> str:
        """What it is and what it stands for."""

    @property
    def address(self) -> str:
        """Where it answers: host and port, or a URL."""

    def programs(self) -> list[Program]:
        """Its processes, in the order they start."""

    def prepare(self) -> None:
        """Write configuration and make empty data; called before each start, also over existing data."""

    def is_ready(self) -> bool:
        """Whether it answers its clients now."""

    def provision(self) -> None:
        """Make databases, roles and the like inside the ready server, if they are not there."""
