"""API keys over the wire."""

from datetime import datetime
from typing import Self
from uuid import UUID

from fiapx_models.scopes import Scope
from pydantic import BaseModel, ConfigDict, Field

from api_gateway.controllers.dto import ShortText
from api_gateway.controllers.moments import Moment
from api_gateway.entities.api_keys import ApiKey


class ApiKeyWish(BaseModel):
    """The key that is wanted."""

    model_config = ConfigDict(title="ApiKeyWish", extra="forbid")

    name: ShortText = Field(description="What you know it again by", examples=["nightly build"])
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope), examples=[["videos:read", "videos:write"]])
    expires_at: Moment | None = Field(
        None, description="Without it the key is good until it is revoked", examples=["2031-01-01T00:00:00Z"]
    )


class ApiKeyDto(BaseModel):
    """A key, without its text."""

    model_config = ConfigDict(title="ApiKey")

    id: UUID
    name: str = Field(examples=["nightly build"])
    scopes: list[Scope]
    beginning: str = Field(description="The first characters of its text", examples=["fx_x3Zt9a"])
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To some minutes")

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """The same key."""
        return cls.model_validate({**vars(key), "scopes": sorted(key.scopes)})


class NewApiKeyDto(ApiKeyDto):
    """A key with its text, which is shown this once."""

    model_config = ConfigDict(title="NewApiKey")

    key: str = Field(description="Keep it well: nobody can tell it again", examples=["fx_x3Zt9aR0…"])


class ApiKeyPageDto(BaseModel):
    """All keys."""

    model_config = ConfigDict(title="ApiKeyPage")

    items: list[ApiKeyDto]
    next_cursor: str | None = Field(None, description="Always null: there is one page")
