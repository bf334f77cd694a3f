"""The form of `POST /videos`: one file, and some fields before or after it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from fiapx_common.errors import FieldError, Invalid

from api_gateway.entities.errors import FileTooLarge
from api_gateway.entities.form_parts import FormPart, PartBegan, PartData, PartEnded
from api_gateway.entities.uploads import UploadBegun, UploadDetails, UploadEnded, UploadPiece

CHUNK_BYTES: Final = 256 * 1024
MAX_PARTS: Final = 64
FILE_FIELDS: Final = frozenset({"video", "file"})
FIELD_LIMITS_BYTES: Final[Mapping[str, int]] = {
    "options": 1024 * 1024,
    "external_id": 1024,
    "metadata": 16 * 1024,
    "tags": 16 * 1024,
}
"""The door's own limits, for its memory; upload-service knows the product's."""


class FormInvalid(Invalid):
    """The form has a field that is not as it should be."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(code, f"`{field}` {message}.", [FieldError(field, message, code)])


class NoFile(FormInvalid):
    """Nothing was uploaded."""

    def __init__(self) -> None:
        super().__init__("no_file", "video", "must be a file")


class UploadForm:
    """Turns a form's parts into an upload's pieces: `UploadBegun`, chunks of at most 256 KiB, `UploadEnded`."""

    def __init__(self, max_file_bytes: int) -> None:
        self._max_file_bytes = max_file_bytes
        self._details = UploadDetails()
        self._told: UploadDetails | None = None
        self._field: str | None = None
        self._seen: set[str] = set()
        self._buffer = bytearray()
        self._file_bytes = 0
        self._parts = 0

    def take(self, part: FormPart) -> Iterator[UploadPiece]:
        """The pieces that this part completes.

        Raises:
            FormInvalid: a field that is unknown, too long, given twice or no text; a second file; no file at all.
            FileTooLarge: more bytes than a file may have.
        """
        match part:
            case PartBegan():
                yield from self._begin(part)
            case PartData(data):
                yield from self._take(data)
            case PartEnded():
                yield from self._end()

    def finish(self) -> UploadEnded:
        """The last piece, after the form's last part."""
        if self._told is None:
            raise NoFile
        return UploadEnded(None if self._details == self._told else self._details)

    def _begin(self, part: PartBegan) -> Iterator[UploadBegun]:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise FormInvalid("too_many_fields", part.name, f"is one field too many; a form may have {MAX_PARTS}")
        if part.name not in FILE_FIELDS:
            self._begin_field(part.name)
            return
        if part.filename is None:
            raise NoFile
        if self._told is not None:
            raise FormInvalid("second_file", part.name, "is a second file; one request uploads one video")
        self._field = None
        self._told = self._details
        yield UploadBegun(part.filename, part.content_type, self._details)

    def _begin_field(self, name: str) -> None:
        if name not in FIELD_LIMITS_BYTES:
            raise FormInvalid("unknown_field", name, "is not a field of this form")
        if name in self._seen and name != "tags":
            raise FormInvalid("duplicate_field", name, "is given twice")
        self._seen.add(name)
        self._field = name

    def _take(self, data: bytes) -> Iterator[bytes]:
        if self._field is None:
            yield from self._take_file(data)
        else:
            self._take_field(self._field, data)

    def _take_file(self, data: bytes) -> Iterator[bytes]:
        self._file_bytes += len(data)
        if self._file_bytes > self._max_file_bytes:
            raise FileTooLarge(self._max_file_bytes)
        self._buffer += data
        while len(self._buffer) >= CHUNK_BYTES:
            yield bytes(self._buffer[:CHUNK_BYTES])
            del self._buffer[:CHUNK_BYTES]

    def _take_field(self, name: str, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > FIELD_LIMITS_BYTES[name]:
            raise FormInvalid("field_too_long", name, f"may have at most {FIELD_LIMITS_BYTES[name]} bytes")

    def _end(self) -> Iterator[bytes]:
        rest = bytes(self._buffer)
        self._buffer.clear()
        if self._field is not None:
            self._details = _with_field(self._details, self._field, _text(self._field, rest))
        elif rest:
            yield rest


def _text(name: str, value: bytes) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise FormInvalid("not_text", name, "must be UTF-8 text") from error
    if not _is_text(text):
        raise FormInvalid("not_text", name, "must not contain the character NUL")
    return text


def _with_field(details: UploadDetails, name: str, text: str) -> UploadDetails:
    match name:
        case "options":
            return replace(details, options_json=text)
        case "external_id":
            return replace(details, external_id=text)
        case "metadata":
            return replace(details, metadata_json=text)
        case _:
            return replace(details, tags=(*details.tags, *_tags(text)))


def _tags(text: str) -> list[str]:
    """Tags with commas between them, or a JSON list where a tag has a comma itself."""
    if not text.lstrip().startswith("["):
        return [tag for tag in map(str.strip, text.split(",")) if tag]
    try:
        tags = json.loads(text)
    except (ValueError, RecursionError):
        tags = None
    if not isinstance(tags, list) or not all(isinstance(tag, str) and _is_text(tag) for tag in tags):
        raise FormInvalid("invalid_tags", "tags", "must be texts, with commas between them or as a JSON list")
    return tags


def _is_text(value: str) -> bool:
    """No NUL and no half of a character, which neither PostgreSQL nor gRPC can carry."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
