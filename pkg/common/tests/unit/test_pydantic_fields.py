"""Pydantic's findings as fields of a problem."""

from fiapx_common.pydantic_fields import fields_of
from pydantic import BaseModel, TypeAdapter, ValidationError


class Item(BaseModel):
    """Something with a number."""

    number: int


def findings(count: int) -> list[object]:
    try:
        TypeAdapter(list[Item]).validate_python([{"number": "x"}] * count)
    except ValidationError as error:
        return [*error.errors()]
    raise AssertionError("lawful")


def test_a_finding_is_told_by_its_path_and_reason() -> None:
    [told] = fields_of(findings(1), "items")
    assert (told.field, told.code) == ("items.0.number", "int_parsing")


def test_of_very_many_findings_the_first_are_told() -> None:
    told = fields_of(findings(1_000), "items")
    assert [field.field for field in told] == [f"items.{number}.number" for number in range(50)]
