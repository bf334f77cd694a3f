"""An example of every body in the OpenAPI document, put together from those of its fields."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
_ALTERNATIVES: Final = ("anyOf", "oneOf", "allOf")
_BY_FORMAT: Final = {
    "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "date-time": "2026-11-24T12:00:00Z",
}
_NOTHING: Final = object()


def add_examples(document: dict[str, Any]) -> None:
    """To each JSON body that has none. A field without an example is left out, which a test finds."""
    components = document["components"]["schemas"]
    for call in (call for path in document["paths"].values() for call in path.values()):
        for media, is_sent in _bodies(call):
            if not media.keys() & {"example", "examples"} and "schema" in media:
                media["example"] = _example(media["schema"], components, is_sent=is_sent)


def _bodies(call: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Request's and answers' JSON."""
    told = [(call.get("requestBody", {}), True), *((answer, False) for answer in call["responses"].values())]
    for body, is_sent in told:
        if "application/json" in body.get("content", {}):
            yield body["content"]["application/json"], is_sent


def _example(schema: Schema, components: Schema, *, is_sent: bool) -> Any:
    found = _compose(schema, components, is_sent)
    return {} if found is _NOTHING else found


def _compose(schema: Schema, components: Schema, is_sent: bool) -> Any:
    if "$ref" in schema:
        return _compose(components[schema["$ref"].rpartition("/")[2]], components, is_sent)
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    for name in ("const", "default", "minimum"):
        if schema.get(name) is not None:
            return schema[name]
    alternatives = [one for name in _ALTERNATIVES for one in schema.get(name, ())]
    if alternatives:
        found = (_compose(one, components, is_sent) for one in alternatives)
        return next((one for one in found if one is not _NOTHING), _NOTHING)
    return _of_type(schema, components, is_sent)


def _of_type(schema: Schema, components: Schema, is_sent: bool) -> Any:
    match schema.get("type"):
        case "object":
            return _object(schema, components, is_sent)
        case "array":
            item = _compose(schema.get("items", {}), components, is_sent)
            return [] if item is _NOTHING else [item]
        case "null":
            return None
        case None if not is_sent:
            # Any value: none at all.
            return None
        case "boolean":
            return False
    return _BY_FORMAT.get(schema.get("format", ""), _NOTHING)


def _object(schema: Schema, components: Schema, is_sent: bool) -> dict[str, Any]:
    """Of what is sent only what is needed and what has an example of its own."""
    needed = schema.get("required", ())
    fields = {
        name: _compose(field, components, is_sent)
        for name, field in schema.get("properties", {}).items()
        if name in needed or not is_sent or "examples" in field
    }
    return {name: value for name, value in fields.items() if value is not _NOTHING}
