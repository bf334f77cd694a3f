"""Building blocks of what users may ask for: their refusals say which values are lawful."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from fiapx_models.exact import write_exact


class Strict(BaseModel):
    """Unknown fields are refused, and nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _is_an_object(cls, value: object) -> object:
        if not isinstance(value, dict | cls):
            raise ValueError(f"must be an object with these fields: {', '.join(cls.model_fields)}")
        return value


@dataclass(frozen=True, slots=True)
class Whole:
    """For `Annotated[int, …]`: a whole number within these bounds, no text, no truth value, no 1.0."""

    lowest: int
    highest: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        bounded = core_schema.int_schema(ge=self.lowest, le=self.highest, strict=True)
        return core_schema.no_info_before_validator_function(self._lawful, bounded)

    def _lawful(self, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or not self.lowest <= value <= self.highest:
            raise ValueError(f"must be a whole number from {self.lowest} to {self.highest}")
        return value


def true_or_false(value: object) -> object:
    """For `BeforeValidator`: no text and no number is taken for a truth value."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


@dataclass(frozen=True, slots=True)
class Listed:
    """For `Annotated[tuple[…, …], …]`: a list of 1 to so many; it is kept sorted, each value once."""

    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        before = core_schema.no_info_before_validator_function(self._lawful, handler(source))
        return core_schema.no_info_after_validator_function(_in_order, before)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema) | {"minItems": 1, "maxItems": self.most}

    def _lawful(self, value: object) -> object:
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= self.most:
            raise ValueError(f"must be a list of 1 to {self.most} values")
        return value


def _in_order(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))


@dataclass(frozen=True, slots=True)
class Within:
    """For `AfterValidator`: an exact number within these bounds, of this unit."""

    lowest: Fraction
    highest: Fraction
    unit: str = ""

    def __call__(self, value: Fraction) -> Fraction:
        if not self.lowest <= value <= self.highest:
            unit = f" {self.unit}" if self.unit else ""
            raise ValueError(f"must be from {write_exact(self.lowest)} to {write_exact(self.highest)}{unit}")
        return value
