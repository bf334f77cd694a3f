"""What a client says about its file: names, tags and the like, and their limits."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fiapx_common.errors import FieldError, Invalid

FILENAME_BYTES: Final = 255
METADATA_BYTES: Final = 4096
METADATA_LEVELS: Final = 32
"""Of objects and lists within one another; readers and writers of JSON give up at some depth, each at another."""
TAGS: Final = 20
TAG_CHARACTERS: Final = 64
EXTERNAL_ID_CHARACTERS: Final = 200
_NAMELESS: Final = "video"
# Control characters, halves of characters, line and paragraph separators.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
# UAX 9: they make "gpj.exe" look like "exe.jpg". The last one is invisible.
_BIDIRECTIONAL: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True)
class Details:
    """Lawful details of one upload."""

    options_json: str
    """Canonical JSON of the options."""
    external_id: str | None = None
    metadata_json: str | None = None
    """The client's own text: an object in JSON."""
    tags: tuple[str, ...] = ()


def clean_filename(given: str) -> str:
    """The last step of a path, without characters that hide or reorder others, at most 255 bytes of UTF-8.

    It is shown and offered for downloads. No path and no key is ever made of it.
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(one for one in last if _is_plain(one) and one not in _BIDIRECTIONAL).strip()
    if visible.strip(". ") == "":
        return _NAMELESS
    stem, dot, suffix = visible.rpartition(".")
    if not dot or not stem or len(suffix) > FILENAME_BYTES // 8:
        return _cut(visible, FILENAME_BYTES)
    ending = dot + suffix
    return _cut(stem, FILENAME_BYTES - len(ending.encode())) + ending


def archive_filename(filename: str) -> str:
    """The name that a video's archive is saved by."""
    ending = "-frames.zip"
    stem, dot, _ = filename.rpartition(".")
    return _cut(stem if dot and stem else filename, FILENAME_BYTES - len(ending)) + ending


def lawful_external_id(given: str) -> str | None:
    """The client's own name for the video; empty means none.

    Raises:
        Invalid: too long, or with control characters.
    """
    if not given:
        return None
    if len(given) > EXTERNAL_ID_CHARACTERS or not _is_plain(given):
        raise _invalid("external_id", f"must be at most {EXTERNAL_ID_CHARACTERS} characters, none of them a control")
    return given


def lawful_tags(given: Sequence[str]) -> tuple[str, ...]:
    """Tags without spaces around them, each once, in the order given.

    Raises:
        Invalid: too many, or one that is empty, too long or has control characters.
    """
    tags = tuple(dict.fromkeys(tag.strip() for tag in given))
    if len(tags) > TAGS:
        raise _invalid("tags", f"must be at most {TAGS}")
    for number, tag in enumerate(tags):
        if not 1 <= len(tag) <= TAG_CHARACTERS or not _is_plain(tag):
            raise _invalid(f"tags.{number}", f"must have 1 to {TAG_CHARACTERS} characters, none of them a control")
    return tags


def lawful_metadata(given: str) -> str | None:
    """The client's own data as it wrote it; empty means none.

    Raises:
        Invalid: too long, not JSON, not an object, or with what can be read and not written again: numbers beyond all
            measure, halves of characters, endless nesting.
    """
    text = given.strip()
    if not text:
        return None
    if len(text.encode()) > METADATA_BYTES:
        raise _invalid("metadata", f"must be at most {METADATA_BYTES} bytes of JSON")
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _invalid("metadata", "must be JSON") from error
    if not isinstance(value, dict):
        raise _invalid("metadata", "must be an object in JSON")
    if _levels(value) > METADATA_LEVELS:
        raise _invalid("metadata", f"must have at most {METADATA_LEVELS} objects and lists within one another")
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise _invalid("metadata", "must have numbers of a usual size and whole characters only") from error
    return text


def _levels(value: object) -> int:
    levels, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        levels += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return levels


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _is_plain(text: str) -> bool:
    return not any(unicodedata.category(one) in _UNPRINTABLE for one in text)


def _cut(text: str, size_bytes: int) -> str:
    """At most so many bytes of UTF-8, no character cut."""
    return text.encode()[:size_bytes].decode(errors="ignore")


def _invalid(field: str, message: str) -> Invalid:
    name = field.partition(".")[0]
    return Invalid(f"invalid_{name}", f"The field {name} {message}.", [FieldError(field, message)])
