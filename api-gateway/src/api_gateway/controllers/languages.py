"""The language in which a client is answered (RFC 9110, 12.5.4)."""

import re
from typing import Final

from fiapx_models.problems import DEFAULT_LANGUAGE, LANGUAGES

_RANGE: Final = re.compile(r"([a-z]{1,8}|\*)(?:-[a-z0-9-]*)?(?:;q=([01](?:\.\d{0,3})?))?")
_MOST_RANGES: Final = 20
_SPOKEN: Final = {tag.partition("-")[0]: tag for tag in LANGUAGES}


def preferred_language(accept_language: str) -> str:
    """The one of ours that is wanted most: English for whoever wants none, or writes no list of languages."""
    best, highest = DEFAULT_LANGUAGE, 0.0
    for one in accept_language.lower().replace(" ", "").split(",", _MOST_RANGES)[:_MOST_RANGES]:
        found = _RANGE.fullmatch(one)
        spoken = _SPOKEN.get(found[1]) if found else None
        weight = float(found[2] or 1) if found else 0.0
        if spoken and weight > highest:
            best, highest = spoken, weight
    return best
