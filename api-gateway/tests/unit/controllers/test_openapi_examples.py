"""Examples of bodies, put together from those of their fields."""

from typing import Any

import pytest
from api_gateway.controllers.openapi_examples import add_examples

Document = dict[str, Any]
MOMENT = "2026-11-24T12:00:00Z"
SCHEMAS = {
    "Thing": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {"type": "string", "examples": ["a name", "another"]},
            "at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "gone": {"type": "null"},
            "is_new": {"type": "boolean"},
            "kind": {"$ref": "#/components/schemas/Kind"},
            "share": {"type": "number", "minimum": 0, "maximum": 1},
            "anything": {},
            "parts": {"type": "array", "items": {"type": "integer", "examples": [7]}},
            "untold": {"type": "string"},
        },
    },
    "Kind": {"type": "string", "enum": ["small", "large"]},
    "Whole": {"type": "object", "properties": {"name": {"type": "string"}}, "examples": [{"name": None}]},
}


def media(of: str, **more: Any) -> Document:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{of}"}} | more}}


def examples(call: Document) -> list[Any]:
    """Of a call's request and its answer."""
    document = {"paths": {"/things": {"post": call}}, "components": {"schemas": SCHEMAS}}
    add_examples(document)
    bodies = [call.get("requestBody", {}), call["responses"]["200"]]
    return [body["content"]["application/json"].get("example") for body in bodies if body]


def test_an_answer_has_every_field_that_has_an_example_or_needs_none() -> None:
    [example] = examples({"responses": {"200": media("Thing")}})
    assert example == {
        "id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "name": "a name",
        "at": MOMENT,
        "gone": None,
        "is_new": False,
        "kind": "small",
        "share": 0,
        "anything": None,
        "parts": [7],
    }


def test_a_request_has_what_is_needed_and_what_has_an_example_of_its_own() -> None:
    example, _ = examples({"requestBody": media("Thing"), "responses": {"200": media("Kind")}})
    assert example == {"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "name": "a name"}


def test_a_whole_example_comes_before_those_of_fields() -> None:
    assert examples({"responses": {"200": media("Whole")}}) == [{"name": None}]


@pytest.mark.parametrize("own", [{"example": {"name": "own"}}, {"examples": {"one": {"value": {}}}}])
def test_an_example_that_is_there_stays(own: Document) -> None:
    assert examples({"responses": {"200": media("Thing", **own)}}) == [own.get("example")]
