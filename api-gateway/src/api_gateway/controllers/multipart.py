"""A push parser for multipart/form-data (RFC 7578): bytes in as they come, parts out; holds no part's body."""

from collections.abc import Iterator

from fiapx_common.errors import Invalid, Unsupported
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from api_gateway.entities.form_parts import FormPart, PartBegan, PartData, PartEnded


class NotMultipart(Unsupported):
    """Some other content type."""

    def __init__(self) -> None:
        super().__init__("not_multipart", "Videos are uploaded as multipart/form-data.")


class MalformedMultipart(Invalid):
    """Not what RFC 7578 says."""

    def __init__(self, why: str) -> None:
        super().__init__("malformed_multipart", f"The multipart form is broken: {why}.")


def read_boundary(content_type: str) -> bytes:
    """The boundary that a request's Content-Type names.

    Raises:
        NotMultipart: another type.
        MalformedMultipart: no boundary.
    """
    kind, parameters = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise NotMultipart
    boundary = parameters.get(b"boundary", b"")
    if not boundary:
        raise MalformedMultipart("its Content-Type names no boundary")
    return boundary


class MultipartReader:
    """Feed it the body piece by piece; wherever the body is cut, the same parts come out."""

    def __init__(self, boundary: bytes) -> None:
        self._parts: list[FormPart] = []
        self._header = ""
        self._headers: dict[str, str] = {}
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_begin": self._on_header_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise MalformedMultipart("its boundary is too long") from error

    def feed(self, data: bytes) -> Iterator[FormPart]:
        """The parts, and the pieces of a part's body, that these bytes complete.

        Raises:
            MalformedMultipart: these bytes can't be part of a form.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise MalformedMultipart(str(error) or type(error).__name__) from error
        parts, self._parts = self._parts, []
        yield from parts

    def finish(self) -> None:
        """Raises MalformedMultipart unless the closing boundary has come."""
        if not self._ended:
            raise MalformedMultipart("it ends before its closing boundary")

    def _on_part_begin(self) -> None:
        self._headers = {}

    def _on_header_begin(self) -> None:
        self._header = ""
        self._value = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end].decode("latin-1").lower()

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        # latin-1 keeps each byte; names and file names are UTF-8 within.
        self._headers[self._header] = self._headers.get(self._header, "") + data[start:end].decode("latin-1")

    def _on_headers_finished(self) -> None:
        disposition, parameters = parse_options_header(self._headers.get("content-disposition", ""))
        name = parameters.get(b"name")
        if disposition != b"form-data" or name is None:
            raise MalformedMultipart("a part has no name")
        filename = parameters.get(b"filename")
        self._parts.append(
            PartBegan(
                _utf8(name),
                None if filename is None else _utf8(filename),
                self._headers.get("content-type", ""),
            )
        )

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._parts.append(PartData(data[start:end]))

    def _on_part_end(self) -> None:
        self._parts.append(PartEnded())

    def _on_end(self) -> None:
        self._ended = True


def _utf8(value: bytes) -> str:
    return value.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
