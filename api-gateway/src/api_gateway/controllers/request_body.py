"""What every JSON body, and every object within one, has in common."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

_MOST_NAMES: Final = 100


class RequestBody(BaseModel):
    """Names that it does not know are refused, each by itself, but not one by one where there are very many.

    Telling of 130,000 of them, which fit into a mebibyte, took seconds of the one loop that serves everybody.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _has_few_names(cls, value: Any) -> Any:
        if isinstance(value, dict) and len(value) > _MOST_NAMES:
            raise ValueError(f"must have at most {_MOST_NAMES} fields")
        return value
