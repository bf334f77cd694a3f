"""Elasticsearch's view of a document: which of its fields an index template does not know, or knows differently."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

_TEXT = ("keyword", "match_only_text", "wildcard", "constant_keyword")


class IndexMapping:
    """The mappings of one index template, more severe than Elasticsearch: nothing is converted."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._types = dict(_leaves(template["template"]["mappings"]["properties"]))

    @property
    def fields(self) -> Mapping[str, str]:
        """Each field's type, by its path with dots."""
        return self._types

    def complaints(self, document: Mapping[str, object]) -> list[str]:
        """Fields that are unknown, or of another type; empty for a document that fits."""
        return [told for path, value in flat(document) if (told := self._complaint(path, value))]

    def _complaint(self, path: str, value: object) -> str | None:
        if path not in self._types:
            return f"{path} is unknown"
        values = value if isinstance(value, list) else [value]
        kind = self._types[path]
        return None if all(_fits(kind, one) for one in values) else f"{path} is no {kind}: {value!r}"


def flat(document: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Each value with its path; dots in names are the same as objects within objects, and nulls are nothing."""
    for name, value in document.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from flat(value, f"{path}.")
        elif value is not None:
            yield path, value


def _leaves(properties: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, told in properties.items():
        if "properties" in told:
            yield from _leaves(told["properties"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", told["type"]


def _fits(kind: str, value: object) -> bool:
    if kind in _TEXT:
        return isinstance(value, str)
    if kind == "date":
        return isinstance(value, str) and _is_time(value)
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, int) if kind in {"integer", "long"} else isinstance(value, int | float)


def _is_time(text: str) -> bool:
    try:
        return "T" in text and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
