"""Changes of an API that break its clients are found, and others are let pass."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fiapx_testing.contracts.openapi_changes import breaking_changes

Document = dict[str, Any]
ROOT = Path(__file__).parents[5]


def api() -> Document:
    """A small API: a list with a filter, a wish, and what became of it."""
    thing = {
        "type": "object",
        "required": ["id", "state"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "state": {"enum": ["new", "old"], "type": "string"},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
        },
    }
    wish = {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "maxLength": 100},
            "count": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "null"}]},
            "kind": {"enum": ["small", "large"], "type": "string"},
        },
    }
    one = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
    return {
        "paths": {
            "/things": {
                "get": {
                    "parameters": [
                        {"in": "query", "name": "q", "schema": {"type": "string"}},
                        {"in": "header", "name": "If-None-Match", "schema": {"type": "string"}},
                    ],
                    "responses": {"200": {**one["200"], "headers": {"Link": {}}}, "404": {}},
                },
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}},
                    "responses": one,
                },
            }
        },
        "components": {"schemas": {"Thing": thing, "Wish": wish}},
    }


def listing(document: Document) -> Any:
    return document["paths"]["/things"]["get"]


def making(document: Document) -> Any:
    return document["paths"]["/things"]["post"]


def wish(document: Document) -> Any:
    return document["components"]["schemas"]["Wish"]


def thing(document: Document) -> Any:
    return document["components"]["schemas"]["Thing"]


BREAKING: dict[str, Callable[[Document], Any]] = {
    "GET /things: is gone": lambda api: api["paths"]["/things"].pop("get"),
    "GET /things: needs a caller now": lambda api: listing(api).update(security=[{"token": []}]),
    "GET /things: query q is gone": lambda api: listing(api)["parameters"].pop(0),
    "GET /things: query of is needed now": lambda api: listing(api)["parameters"].append(
        {"in": "query", "name": "of", "required": True, "schema": {}}
    ),
    "GET /things: query q: maxLength is 5 now": lambda api: listing(api)["parameters"][0]["schema"].update(maxLength=5),
    "GET /things: never answers 200 any more": lambda api: listing(api)["responses"].pop("200"),
    "GET /things: 200 tells no Link any more": lambda api: listing(api)["responses"]["200"]["headers"].clear(),
    "GET /things: 200 is no application/json any more": lambda api: listing(api)["responses"]["200"]["content"].clear(),
    "POST /things: a body is needed now": lambda api: making(api)["requestBody"].update(required=True),
    "POST /things: takes no body any more": lambda api: making(api).pop("requestBody"),
    "POST /things: body.size: is needed now": lambda api: wish(api)["required"].append("size"),
    "POST /things: body.kind: is gone": lambda api: wish(api)["properties"].pop("kind"),
    "POST /things: body.kind: accepts fewer values": lambda api: wish(api)["properties"]["kind"]["enum"].pop(),
    "POST /things: body.name: accepts fewer values": lambda api: wish(api)["properties"]["name"].update(enum=["a"]),
    "POST /things: body.name: maxLength is 50 now": lambda api: wish(api)["properties"]["name"].update(maxLength=50),
    "POST /things: body.name: pattern is a+ now": lambda api: wish(api)["properties"]["name"].update(pattern="a+"),
    "POST /things: body.name: string is integer now": lambda api: wish(api)["properties"]["name"].update(
        type="integer"
    ),
    "POST /things: body.count: minimum is 2 now": lambda api: wish(api)["properties"]["count"]["anyOf"][0].update(
        minimum=2
    ),
    "POST /things: body.count: null is refused": lambda api: wish(api)["properties"]["count"]["anyOf"].pop(),
    "GET /things: 200.id: is gone": lambda api: thing(api)["properties"].pop("id"),
    "GET /things: 200.state: may be missing now": lambda api: thing(api)["required"].remove("state"),
    "GET /things: 200.state: string is integer now": lambda api: thing(api)["properties"]["state"].update(
        type="integer"
    ),
    "GET /things: 200.note: integer is new": lambda api: thing(api)["properties"]["note"]["anyOf"].append(
        {"type": "integer"}
    ),
    "GET /things: 200.parts[]: object is string now": lambda api: thing(api)["properties"]["parts"].update(
        items={"type": "string"}
    ),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_breaking_change_is_told_where_it_is(change: str) -> None:
    changed = copy.deepcopy(api())
    BREAKING[change](changed)
    assert change in breaking_changes(api(), changed)


HARMLESS: dict[str, Callable[[Document], Any]] = {
    "nothing": lambda _api: None,
    "a new path": lambda api: api["paths"].update({"/others": {"get": listing(api)}}),
    "a new call": lambda api: api["paths"]["/things"].update(delete=listing(api)),
    "a new optional parameter": lambda api: listing(api)["parameters"].append(
        {"in": "query", "name": "of", "schema": {}}
    ),
    "a header that is no longer read": lambda api: listing(api)["parameters"].pop(),
    "a new error": lambda api: listing(api)["responses"].update({"410": {}}),
    "an error that is no longer told": lambda api: listing(api)["responses"].pop("404"),
    "a new field of an answer": lambda api: thing(api)["properties"].update(size={"type": "integer"}),
    "a new state of an answer": lambda api: thing(api)["properties"]["state"]["enum"].append("older"),
    "a field that is always told now": lambda api: thing(api)["required"].append("note"),
    "a field that is never null any more": lambda api: thing(api)["properties"]["note"]["anyOf"].pop(),
    "a new optional field of a wish": lambda api: wish(api)["properties"].update(size={"type": "integer"}),
    "a field that may be left out now": lambda api: wish(api)["required"].clear(),
    "a wider bound": lambda api: wish(api)["properties"]["name"].update(maxLength=200),
    "a new kind of wish": lambda api: wish(api)["properties"]["kind"]["enum"].append("huge"),
    "a number instead of an integer": lambda api: wish(api)["properties"]["count"]["anyOf"][0].update(type="number"),
    "a name of a schema": lambda api: api["components"]["schemas"].update(Other={"type": "object"}),
}


@pytest.mark.parametrize("change", HARMLESS)
def test_a_harmless_change_is_let_pass(change: str) -> None:
    changed = copy.deepcopy(api())
    HARMLESS[change](changed)
    assert breaking_changes(api(), changed) == []


def test_a_whole_document_breaks_nothing_of_itself() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    assert breaking_changes(document, copy.deepcopy(document)) == []


def test_a_field_that_vanishes_from_every_answer_is_found_in_the_whole_document() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    changed = copy.deepcopy(document)
    del changed["components"]["schemas"]["VideoDto"]["properties"]["progress"]
    changed["components"]["schemas"]["VideoDto"]["required"].remove("progress")
    assert any(one.endswith(".progress: is gone") for one in breaking_changes(document, changed))
