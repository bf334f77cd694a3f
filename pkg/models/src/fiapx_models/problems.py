"""The registry of codes: what each one means to people, and what they may do. Its data are `problems.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

LANGUAGES: Final = ("en", "pt-BR")
DEFAULT_LANGUAGE: Final = "en"

Texts = Mapping[str, str]
"""The same by language tag, in each of `LANGUAGES`."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a code."""

    title: Texts
    """A few words."""
    meaning: Texts
    """A sentence that says what happened; of a warning with its figures in braces."""
    action: Texts
    """A sentence that says what to do."""
    statuses: tuple[int, ...] = ()
    """Of the answers that carry it, the usual one first."""
    varies: bool = False
    """An answer's detail is the sentence of whoever refused: it has figures of this one time."""

    def detail(self, language: str) -> str:
        """Both sentences."""
        return f"{self.meaning[language]} {self.action[language]}"


@dataclass(frozen=True, slots=True)
class Registry:
    """All that is told, by code."""

    problems: Mapping[str, Told]
    """`code` of an answer; those of failures that have statuses come besides."""
    failures: Mapping[str, Told]
    """`error.code` of a failed video."""
    warnings: Mapping[str, Told]
    """`code` of a video's warnings."""


@cache
def registry() -> Registry:
    """Read when it is first asked for: decoders import this package too, and never tell anybody anything."""
    tables: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
        files(__package__).joinpath("problems.toml").read_text(encoding="utf-8")
    )
    return Registry(**{name: {code: _told(entry) for code, entry in table.items()} for name, table in tables.items()})


def problem_of(code: str) -> Told | None:
    """What is told of an answer's code; None: it is not in the registry."""
    return registry().problems.get(code) or registry().failures.get(code)


def _told(entry: dict[str, Any]) -> Told:
    return Told(**{**entry, "statuses": tuple(entry.get("statuses", ()))})
