"""docs/events.md, made from the models of the events."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from fiapx_common.messaging.envelope import Envelope, cloud_event_headers
from fiapx_common.messaging.topology import EVENTS
from fiapx_models.events import Event
from pydantic import BaseModel

from fiapx_testing.contracts.event_examples import EXAMPLES, NOW

_MESSAGE_ID: Final = UUID("0d6f3c1e-55d3-4b7b-8d0c-2f1f4f1a9b60")
_TRACE: Final = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_HEADERS: Final = {
    "cloudEvents:specversion": "the version of CloudEvents",
    "cloudEvents:id": "the message's id: the same whenever it is sent again, and what a reader remembers it by",
    "cloudEvents:type": "what happened; the routing key",
    "cloudEvents:source": "the service that sends it",
    "cloudEvents:subject": "whom or what it is about; order is kept among events of one subject",
    "cloudEvents:time": "when it was sent",
    "traceparent": "the trace that it belongs to (W3C Trace Context)",
}
_INTRO: Final = f"""\
# Events

Made from `fiapx_models.events` by `make contracts`; do not edit it here. Which queue takes which event:
[architecture](architecture.md#between-the-services).

A fact is published to the topic exchange `{EVENTS}` with its type as the routing key: a persistent message with a JSON
body (`content_type: application/json`). It comes at least once, so a reader remembers ids. Readers ignore fields that
they do not know: a new field needs no new type, a changed one does (`….v2`).

| AMQP header | what | for example |
|---|---|---|
"""


def events_page() -> str:
    """The whole page."""
    parts: dict[str, type[BaseModel]] = {}
    sections = [
        section for source, examples in EXAMPLES.items() for one in examples for section in _event(one, source, parts)
    ]
    shared = [line for name in sorted(parts) for line in _shared(parts[name])]
    return "\n".join([_INTRO + _headers(), *sections, "## Parts of events", "", *shared]).rstrip() + "\n"


def described_fields(model: type[BaseModel]) -> dict[str, str]:
    """What stands below each field in the sources of the model and of those that it extends; empty: nothing."""
    found = dict.fromkeys(model.model_fields, "")
    for kind in model.__mro__:
        if issubclass(kind, BaseModel) and kind is not BaseModel:
            found |= {name: text for name, text in _docstrings(kind) if not found.get(name, "-")}
    return found


def _headers() -> str:
    example = EXAMPLES["upload-service"][0]
    envelope = Envelope.around(example, message_id=_MESSAGE_ID)
    told = cloud_event_headers(
        Envelope(envelope.type, envelope.subject, envelope.body, envelope.id, NOW), "upload-service"
    ) | {"traceparent": _TRACE}
    return "".join(f"| `{name}` | {_HEADERS[name]} | `{value}` |\n" for name, value in told.items())


def _event(example: Event, source: str, parts: dict[str, type[BaseModel]]) -> Iterator[str]:
    yield from (f"## `{example.TYPE}`", "", f"{_summary(type(example))} Sent by {source}.", "")
    yield from _table(type(example), parts)
    yield from ("", "```json", example.model_dump_json(indent=2), "```", "")


def _shared(model: type[BaseModel]) -> Iterator[str]:
    yield from (f"### {model.__name__}", "", _summary(model), "")
    yield from _table(model, {})
    yield ""


def _table(model: type[BaseModel], parts: dict[str, type[BaseModel]]) -> Iterator[str]:
    schema, texts = model.model_json_schema(), described_fields(model)
    yield from ("| field | type | | what |", "|---|---|---|---|")
    for name, field in schema["properties"].items():
        needed = "" if name in schema.get("required", ()) else "may be absent"
        yield f"| `{name}` | {_type(field)} | {needed} | {texts[name]} |"
    module = vars(sys.modules[model.__module__])
    parts |= {name: module[name] for name in schema.get("$defs", {})}


def _type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    told = str(schema.get("type", "any"))
    return f"{told} ({schema['format']})" if "format" in schema else told


def _summary(model: type[BaseModel]) -> str:
    return " ".join(inspect.cleandoc(model.__doc__ or "").split())


def _docstrings(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Fields, each with the text that stands below it."""
    [kind] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    body = kind.body if isinstance(kind, ast.ClassDef) else []
    for field, below in zip(body, [*body[1:], None], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())
