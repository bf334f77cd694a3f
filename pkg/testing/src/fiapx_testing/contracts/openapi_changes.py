"""What breaks clients between two versions of an OpenAPI document."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fiapx_testing.contracts.schema_changes import SchemaChanges

Document = Mapping[str, Any]
_METHODS: Final = ("get", "put", "post", "delete", "patch")


def breaking_changes(old: Document, new: Document) -> list[str]:
    """A sentence for each; none: whatever worked with the old version works with the new one."""
    schemas = SchemaChanges(old, new)
    return [
        change
        for path, calls in old["paths"].items()
        for method in _METHODS
        if method in calls
        for change in _call(calls[method], new["paths"].get(path, {}).get(method), f"{method.upper()} {path}", schemas)
    ]


def _call(old: Document, new: Document | None, where: str, schemas: SchemaChanges) -> Iterator[str]:
    if new is None:
        yield f"{where}: is gone"
        return
    if new.get("security") and not old.get("security"):
        yield f"{where}: needs a caller now"
    yield from _parameters(old, new, where, schemas)
    yield from _body(old, new, where, schemas)
    yield from _answers(old, new, where, schemas)


def _parameters(old: Document, new: Document, where: str, schemas: SchemaChanges) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for (kind, name), parameter in after.items():
        if parameter.get("required") and not before.get((kind, name), {}).get("required"):
            yield f"{where}: {kind} {name} is needed now"
    for (kind, name), parameter in before.items():
        if (kind, name) not in after:
            # An unknown query parameter is refused; a header that nobody reads does no harm.
            if kind != "header":
                yield f"{where}: {kind} {name} is gone"
        else:
            yield from schemas.sent(parameter["schema"], after[kind, name]["schema"], f"{where}: {kind} {name}")


def _by_name(call: Document) -> dict[tuple[str, str], Document]:
    return {(one["in"], one["name"]): one for one in call.get("parameters", ())}


def _body(old: Document, new: Document, where: str, schemas: SchemaChanges) -> Iterator[str]:
    before, after = old.get("requestBody", {}), new.get("requestBody", {})
    if after.get("required") and not before.get("required"):
        yield f"{where}: a body is needed now"
    if before and not after:
        yield f"{where}: takes no body any more"
        return
    for kind, media in before.get("content", {}).items():
        if kind not in after["content"]:
            yield f"{where}: takes no {kind} any more"
        else:
            yield from schemas.sent(_schema(media), _schema(after["content"][kind]), f"{where}: body")


def _answers(old: Document, new: Document, where: str, schemas: SchemaChanges) -> Iterator[str]:
    """Of success. Errors are told apart by their codes, and new ones may always come."""
    for status, answer in old["responses"].items():
        if status[0] not in "23":
            continue
        if status not in new["responses"]:
            yield f"{where}: never answers {status} any more"
            continue
        told = new["responses"][status]
        for name in sorted(answer.get("headers", {}).keys() - told.get("headers", {}).keys()):
            yield f"{where}: {status} tells no {name} any more"
        for kind, media in answer.get("content", {}).items():
            if kind not in told.get("content", {}):
                yield f"{where}: {status} is no {kind} any more"
            else:
                yield from schemas.read(_schema(media), _schema(told["content"][kind]), f"{where}: {status}")


def _schema(media: Document) -> Document:
    found: Document = media.get("schema", {})
    return found
