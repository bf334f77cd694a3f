"""multipart/form-data with one file at its end, framed by hand so that length and progress are exact."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from uuid import uuid4

from fiapx.errors import TransferBroken

_CHUNK_BYTES: Final = 256 * 1024
_ESCAPES: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
"""How browsers write names (WHATWG HTML, multipart/form-data)."""

Progress = Callable[[int, int], None]
"""Called with bytes sent and bytes in all."""


@dataclass(frozen=True)
class Form:
    """A form's frame: what goes before the file's bytes and what after them."""

    boundary: str
    head: bytes
    tail: bytes

    @property
    def content_type(self) -> str:
        """For the request's header."""
        return f"multipart/form-data; boundary={self.boundary}"

    def length(self, file_bytes: int) -> int:
        """The body's length with a file of `file_bytes`."""
        return len(self.head) + file_bytes + len(self.tail)


def frame_form(fields: Iterable[tuple[str, str]], file_field: str, filename: str, content_type: str) -> Form:
    """Frames `fields` first, so that the receiver knows them before the file's first byte."""
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(file_field)}"; '
        f'filename="{_quoted(filename)}"\r\nContent-Type: {content_type}\r\n\r\n'
    )
    return Form(boundary, "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode())


def stream_form(form: Form, file: BinaryIO, size_bytes: int, on_progress: Progress | None) -> Iterator[bytes]:
    """The body, read from `file` in small pieces. Never more than `size_bytes` of it, should it grow meanwhile.

    Raises:
        TransferBroken: the file became shorter.
    """
    yield form.head
    sent_bytes = 0
    while sent_bytes < size_bytes:
        chunk = file.read(min(_CHUNK_BYTES, size_bytes - sent_bytes))
        if not chunk:
            raise TransferBroken("The file became shorter while it was being sent.")
        yield chunk
        sent_bytes += len(chunk)
        if on_progress is not None:
            on_progress(sent_bytes, size_bytes)
    yield form.tail


def _quoted(text: str) -> str:
    return text.translate(_ESCAPES)
