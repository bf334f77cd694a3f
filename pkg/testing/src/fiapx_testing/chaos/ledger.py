"""What the platform said yes to: every 2xx that a client got, written down before anything else is done."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import IO


class Said(StrEnum):
    """Which promise was given."""

    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    RETRIED = "retried"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Promise:
    """One 2xx answer."""

    video_id: str
    said: Said
    owner: str
    """The owner's e-mail address."""
    clip: str
    options: str


class Ledger:
    """Lines of JSON in a file, for several threads."""

    def __init__(self, file: Path) -> None:
        self._sink: IO[str] = file.open("w")
        self._lock = Lock()
        self.promises: list[Promise] = []

    def write(self, promise: Promise) -> None:
        with self._lock:
            self._sink.write(json.dumps(asdict(promise)) + "\n")
            self._sink.flush()
            self.promises.append(promise)

    def close(self) -> None:
        self._sink.close()
