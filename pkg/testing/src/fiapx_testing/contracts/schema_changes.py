"""What breaks between two versions of a JSON Schema: for those who send such values, or for those who read them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Schema = Mapping[str, Any]
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_ALTERNATIVES: Final = ("anyOf", "oneOf")


@dataclass(frozen=True)
class SchemaChanges:
    """Compares schemas of two documents, each with its own components.

    Senders are broken by what is accepted no more, readers by what was never told before or is told no more. A new
    value of an enumeration breaks no reader: clients are told to expect some.
    """

    old: Schema
    new: Schema
    _within: set[tuple[str, str, bool]] = field(default_factory=set)
    """References that are being compared: a schema may hold itself."""

    def sent(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """What breaks senders."""
        yield from self._compare(old, new, where, sent=True)

    def read(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """What breaks readers."""
        yield from self._compare(old, new, where, sent=False)

    def _compare(self, old: Schema, new: Schema, where: str, *, sent: bool) -> Iterator[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""), sent)
        if pair in self._within:
            return
        if all(pair[:2]):
            self._within.add(pair)
        yield from self._any_of(old, new, where, sent=sent)
        self._within.discard(pair)

    def _any_of(self, old: Schema, new: Schema, where: str, *, sent: bool) -> Iterator[str]:
        before, after = _alternatives(self.old, old), _alternatives(self.new, new)
        if len(before) == len(after) == 1:
            yield from self._alternative(before[0], after[0], where, sent=sent)
            return
        # Each value that was sent must still be accepted, each value that is read must have been told before.
        wanted, offered = (before, after) if sent else (after, before)
        for one in wanted:
            found = [self._fit(one, other, where, sent=sent) for other in offered if _type(one) & _type(other)]
            if not any(broken == [] for broken in found):
                yield from min(found, key=len, default=[f"{where}: {_words(one)} is {'refused' if sent else 'new'}"])

    def _fit(self, one: Schema, other: Schema, where: str, *, sent: bool) -> list[str]:
        old, new = (one, other) if sent else (other, one)
        return [*self._alternative(old, new, where, sent=sent)]

    def _alternative(self, old: Schema, new: Schema, where: str, *, sent: bool) -> Iterator[str]:
        narrow, wide = (new, old) if sent else (old, new)
        if _type(wide) - _type(narrow):
            yield f"{where}: {_words(old)} is {_words(new)} now"
            return
        if sent:
            yield from _narrowed(old, new, where)
        yield from self._properties(old, new, where, sent=sent)
        if "items" in old and "items" in new:
            yield from self._compare(old["items"], new["items"], f"{where}[]", sent=sent)
        inner = old.get("additionalProperties"), new.get("additionalProperties")
        if isinstance(inner[0], Mapping) and isinstance(inner[1], Mapping):
            yield from self._compare(inner[0], inner[1], f"{where}.*", sent=sent)

    def _properties(self, old: Schema, new: Schema, where: str, *, sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = {*old.get("required", ())}, {*new.get("required", ())}
        if sent:
            yield from (f"{where}.{name}: is needed now" for name in sorted(needed_after - needed_before))
            closed = new.get("additionalProperties") is False
            if closed and old.get("additionalProperties") is not False and old.get("type") == "object":
                yield f"{where}: other fields are refused now"
            gone = sorted(before.keys() - after.keys()) if closed else []
        else:
            yield from (
                f"{where}.{name}: may be missing now" for name in sorted((needed_before - needed_after) & after.keys())
            )
            gone = sorted(before.keys() - after.keys())
        yield from (f"{where}.{name}: is gone" for name in gone)
        for name in sorted(before.keys() & after.keys()):
            yield from self._compare(before[name], after[name], f"{where}.{name}", sent=sent)


def _narrowed(old: Schema, new: Schema, where: str) -> Iterator[str]:
    """Bounds of what is accepted."""
    if _values(new) is not None and (_values(old) is None or set(_values(old) or ()) - set(_values(new) or ())):
        yield f"{where}: accepts fewer values"
    for name in _LOWER:
        if name in new and (name not in old or new[name] > old[name]):
            yield f"{where}: {name} is {new[name]} now"
    for name in _UPPER:
        if name in new and (name not in old or new[name] < old[name]):
            yield f"{where}: {name} is {new[name]} now"
    for name in ("pattern", "format", "multipleOf"):
        if name in new and new[name] != old.get(name):
            yield f"{where}: {name} is {new[name]} now"


def _alternatives(document: Schema, schema: Schema) -> list[Schema]:
    """A schema as the alternatives that it has, each without references at its top."""
    schema = _resolved(document, schema)
    for name in _ALTERNATIVES:
        if name in schema:
            return [inner for one in schema[name] for inner in _alternatives(document, one)]
    return [schema]


def _resolved(document: Schema, schema: Schema) -> Schema:
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            return schema


def _type(schema: Schema) -> set[str]:
    """JSON's types that a value may have; an integer is a number too."""
    told = schema.get("type", ["null", "boolean", "integer", "number", "string", "array", "object"])
    types = {told} if isinstance(told, str) else {*told}
    return types | {"integer"} if "number" in types else types


def _values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    found: list[Any] | None = schema.get("enum")
    return found


def _words(schema: Schema) -> str:
    return str(schema.get("title") or schema.get("type") or "any value")
