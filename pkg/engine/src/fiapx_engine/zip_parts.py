"""A ZIP archive from parts that are made independently: local entries now, the central directory last.

Entries are STORED. APPNOTE.TXT 6.3.10: sections 4.3.7 (local header), 4.3.12 (central header), 4.3.14 to 4.3.16 (ends).
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<4sIQI")
_OFFSET64 = struct.Struct("<HHQ")

_VERSION, _VERSION64 = 20, 45
_UTF8_NAMES = 0x800
_STORED = 0
_MIDNIGHT, _JANUARY_1980 = 0, 0x21
_MAX16, _MAX32 = 0xFFFF, 0xFFFF_FFFF
_OWN_SIZES = 12


class Row(Protocol):
    """What the central directory tells of an entry; `offset` is its local header's, within its part."""

    @property
    def name(self) -> str: ...
    @property
    def crc32(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def offset(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ZipRow:
    name: str
    crc32: int
    size_bytes: int
    offset: int
    sha256: str


class ZipPart:
    """Entries that stand one after another, wherever in the archive the part will be."""

    def __init__(self) -> None:
        self.length_bytes = 0
        self.rows: list[ZipRow] = []

    def append(self, name: str, data: bytes) -> Iterator[bytes]:
        """Registers the entry, and gives the bytes to write: its header, then the data itself, uncopied.

        Raises:
            ValueError: 4 GiB or more in one entry.
        """
        if len(data) >= _MAX32:
            raise ValueError("an entry must be smaller than 4 GiB")
        row = ZipRow(name, zlib.crc32(data), len(data), self.length_bytes, hashlib.sha256(data).hexdigest())
        self.rows.append(row)
        self.length_bytes += entry_length(row)
        return iter((local_header(row), data))


def data_offset(row: Row) -> int:
    """Where the entry's data begins, within its part."""
    return row.offset + _LOCAL.size + len(row.name.encode())


def entry_length(row: Row) -> int:
    """Of its header and its data together."""
    return data_offset(row) - row.offset + row.size_bytes


class Directory:
    """The central directory, entry by entry; keeps about 80 bytes for each."""

    def __init__(self) -> None:
        self._headers = bytearray()
        self._count = 0

    def add(self, row: Row, offset: int) -> None:
        """`offset` is the local header's within the archive."""
        self._headers += _central_header(row, offset)
        self._count += 1

    def closed(self, start: int) -> bytes:
        """What follows the last entry, which ends at `start`: ZIP64 only where the numbers need it."""
        return bytes(self._headers) + _ends(self._count, len(self._headers), start)


def central_directory(parts: Iterable[tuple[int, Sequence[Row]]]) -> bytes:
    """What follows the last part: a header for each entry and the end records.

    `parts` are (length in bytes, rows) in the archive's order.
    """
    directory = Directory()
    start = 0
    for length_bytes, rows in parts:
        for row in rows:
            directory.add(row, start + row.offset)
        start += length_bytes
    return directory.closed(start)


def local_header(row: Row) -> bytes:
    """What stands before the entry's data."""
    name = row.name.encode()
    fields = (_VERSION, _UTF8_NAMES, _STORED, _MIDNIGHT, _JANUARY_1980, row.crc32, row.size_bytes, row.size_bytes)
    return _LOCAL.pack(b"PK\x03\x04", *fields, len(name), 0) + name


def _central_header(row: Row, offset: int) -> bytes:
    name = row.name.encode()
    needs64 = offset >= _MAX32
    extra = _OFFSET64.pack(1, 8, offset) if needs64 else b""
    version = _VERSION64 if needs64 else _VERSION
    content = (_UTF8_NAMES, _STORED, _MIDNIGHT, _JANUARY_1980, row.crc32, row.size_bytes, row.size_bytes)
    tail = (len(name), len(extra), 0, 0, 0, 0, _MAX32 if needs64 else offset)
    return _CENTRAL.pack(b"PK\x01\x02", version, version, *content, *tail) + name + extra


def _ends(count: int, size: int, start: int) -> bytes:
    ends = b""
    if count >= _MAX16 or size >= _MAX32 or start >= _MAX32:
        versions = (_VERSION64, _VERSION64)
        ends += _END64.pack(b"PK\x06\x06", _END64.size - _OWN_SIZES, *versions, 0, 0, count, count, size, start)
        ends += _LOCATOR64.pack(b"PK\x06\x07", 0, start + size, 1)
    told = min(count, _MAX16)
    return ends + _END.pack(b"PK\x05\x06", 0, 0, told, told, min(size, _MAX32), min(start, _MAX32), 0)
