"""The header that names a download (RFC 6266, RFC 8187)."""

import unicodedata
from urllib.parse import quote

MAX_NAME_CHARACTERS = 200
_UNSAFE = frozenset('"\\/:*?<>|%;')


def content_disposition(filename: str, kind: str = "attachment") -> str:
    """The header's value for a name that a user chose: nothing in it can end the header or leave a folder."""
    name = _printable(filename)
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip(" .") or "download"
    value = f'{kind}; filename="{ascii_name}"'
    if ascii_name == name:
        return value
    return f"{value}; filename*=UTF-8''{quote(name, safe='')}"


def _printable(filename: str) -> str:
    """Without control, format (bidi) and path characters, lone surrogates, leading or trailing dots and spaces."""
    kept = (
        "_" if character in _UNSAFE else character
        for character in filename
        if not unicodedata.category(character).startswith("C")
    )
    name = "".join(kept).strip(" .")
    if len(name) > MAX_NAME_CHARACTERS:
        stem, dot, extension = name.rpartition(".")
        room = MAX_NAME_CHARACTERS - len(extension) - 1
        name = f"{stem[:room]}.{extension}" if dot and room > 0 else name[:MAX_NAME_CHARACTERS]
    return name or "download"
