"""Sessions over the wire."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api_gateway.entities.callers import Caller
from api_gateway.entities.users import OpenSession


class SessionFacts(BaseModel):
    """What is told of every session."""

    id: UUID
    user_agent: str = Field(examples=["Mozilla/5.0 (X11; Linux x86_64)"])
    client_address: str = Field(examples=["198.51.100.7"])
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class SessionDto(SessionFacts):
    """A place where the user is logged in."""

    model_config = ConfigDict(title="Session")

    current: bool = Field(description="Whether this very request comes from it")

    @classmethod
    def of(cls, session: OpenSession, caller: Caller) -> Self:
        """The same session, as this caller sees it."""
        fields = {name: getattr(session, name) for name in cls.model_fields if name != "current"}
        return cls(**fields, current=session.id == caller.session_id)


class SessionPageDto(BaseModel):
    """All sessions that live."""

    model_config = ConfigDict(title="SessionPage")

    items: list[SessionDto]
    next_cursor: str | None = Field(None, description="Always null: there is one page")
