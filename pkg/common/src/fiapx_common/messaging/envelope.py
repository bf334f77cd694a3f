"""A message before it is sent: body, and the CloudEvents attributes around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar, Protocol, Self
from uuid import UUID, uuid4


class Publishable(Protocol):
    """An event or a task: a pydantic model that knows its type and what it is about."""

    TYPE: ClassVar[str]

    def subject(self) -> str:
        """What it is about; order is kept among messages with the same subject."""
        ...

    def model_dump_json(self) -> str:
        """Its JSON."""
        ...


@dataclass(frozen=True)
class Envelope:
    """One message. `queue` None: an event for whoever is bound to its type; else a task for that queue alone."""

    type: str
    subject: str
    body: bytes
    id: UUID = field(default_factory=uuid4)
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    headers: Mapping[str, str] = field(default_factory=dict)
    queue: str | None = None

    @classmethod
    def around(
        cls,
        content: Publishable,
        *,
        queue: str | None = None,
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        return cls(
            type=content.TYPE,
            subject=content.subject(),
            body=content.model_dump_json().encode(),
            id=message_id or uuid4(),
            headers=dict(headers or {}),
            queue=queue,
        )


def cloud_event_headers(envelope: Envelope, source: str) -> dict[str, str]:
    """CloudEvents 1.0, AMQP protocol binding 3.1.3.1, binary mode."""
    return {
        "cloudEvents:specversion": "1.0",
        "cloudEvents:id": str(envelope.id),
        "cloudEvents:type": envelope.type,
        "cloudEvents:source": source,
        "cloudEvents:subject": envelope.subject,
        "cloudEvents:time": envelope.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
