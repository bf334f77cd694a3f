"""Endpoints that users name for their own programs, and what is told to them."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from fiapx_common.errors import FieldError, Invalid
from fiapx_common.outbound import TargetRules, read_target
from fiapx_models.events import VideoCancelled, VideoFailed, VideoProcessed

EVENT_TYPES: Final = (VideoProcessed.TYPE, VideoFailed.TYPE, VideoCancelled.TYPE)
"""What can be heard: of each attempt that has begun exactly one."""
_DESCRIPTION_CHARACTERS: Final = 200
_SECRET_BYTES: Final = 32
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 (Standard Webhooks: what secrets begin with)


@dataclass(frozen=True)
class WebhookWish:
    """A lawful endpoint to be."""

    url: str
    events: tuple[str, ...]
    description: str

    @classmethod
    def read(cls, url: str, events: Sequence[str], description: str, rules: TargetRules) -> Self:
        """Of what a user says; no events: all of today.

        Raises:
            Invalid: `invalid_request`, with the fields that are wrong.
        """
        wrong: list[FieldError] = []
        try:
            read_target(url, rules)
        except ValueError as error:
            wrong.append(FieldError("url", str(error)))
        wrong += [
            FieldError(f"events.{place}", f"must be one of {', '.join(EVENT_TYPES)}")
            for place, event in enumerate(events)
            if event not in EVENT_TYPES
        ]
        if len(description) > _DESCRIPTION_CHARACTERS or not description.isprintable():
            message = f"must have at most {_DESCRIPTION_CHARACTERS} characters, none of them a control"
            wrong.append(FieldError("description", message))
        if wrong:
            raise Invalid("invalid_request", "Some fields are not as they should be.", wrong)
        return cls(url, tuple(one for one in EVENT_TYPES if one in events or not events), description)


@dataclass(frozen=True)
class Webhook:
    """One endpoint of one user."""

    id: UUID
    user_id: UUID
    url: str
    events: tuple[str, ...]
    description: str
    secret: bytes = field(repr=False)
    created_at: datetime
    disabled_at: datetime | None = None
    """Since when its receiver says that it is gone."""

    @property
    def secret_text(self) -> str:
        """As receivers' libraries take it."""
        return _SECRET_PREFIX + base64.b64encode(self.secret).decode()


@dataclass(frozen=True)
class RequestKey:
    """A user's own name for the request that makes a webhook."""

    text: str
    fingerprint: str
    """Of what the request asks for."""


def new_secret() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(_SECRET_BYTES)
