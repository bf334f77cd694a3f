"""Words that users typed, made fit to be shown: one line, no hidden characters, not too long."""

import unicodedata
from typing import Final

_BREAKING: Final = frozenset({"Cc", "Zl", "Zp", "Zs"})
"""Shown as a space: controls (CR, LF, NUL), line and paragraph separators, all kinds of spaces."""
_HIDDEN: Final = frozenset({"Cf", "Cs", "Co", "Cn"})
"""Dropped: bidi controls, zero-width marks, lone surrogates, private and unassigned characters."""
_JOINERS: Final = frozenset("\u200c\u200d")
"""Needed to write Persian, Hindi and some emoji."""
_ELLIPSIS: Final = "…"
_KEPT_OF_THE_END: Final = 12
"""So that a file name keeps its extension."""


def shown(text: str, longest: int) -> str:
    """`text` as one line of at most `longest` characters, shortened in its middle; may be empty."""
    line = " ".join("".join(map(_shown_character, text)).split())
    if len(line) <= longest:
        return line
    head = longest - _KEPT_OF_THE_END - len(_ELLIPSIS)
    return f"{line[:head].rstrip()}{_ELLIPSIS}{line[-_KEPT_OF_THE_END:].lstrip()}"


def _shown_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BREAKING:
        return " "
    return "" if category in _HIDDEN and character not in _JOINERS else character
