"""How long a page of a list is."""

from typing import Final

_USUAL: Final = 50
_MOST: Final = 200


def page_size(limit: int) -> int:
    """As long as is asked, at most 200; 0 and less mean 50."""
    return min(limit, _MOST) if limit > 0 else _USUAL
