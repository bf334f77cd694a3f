"""How each frame looks, and how like it is to others: what `scores` tells and `dedup` decides by."""

from dataclasses import dataclass
from math import isfinite

from fiapx_engine.plan_warnings import PlanWarning, WarningCode, warning

HASH_BITS = 64


@dataclass(frozen=True, slots=True)
class Scores:
    """Of one picture, by `scoring`.

    `difference_hash` has 64 bits, `sharpness` is the variance of the Laplacian of luma (0 and more), `black` the share
    (0 to 1) of pixels that are nearly black.
    """

    difference_hash: int
    sharpness: float
    black: float

    @property
    def hash_hex(self) -> str:
        return f"{self.difference_hash:016x}"

    def as_json(self) -> list[float]:
        return [self.difference_hash, self.sharpness, self.black]


def scores_from(value: object) -> Scores:
    """What a decoder child says, which may be anything. Raises ValueError."""
    match value:
        case [int(difference_hash), int() | float() as sharpness, int() | float() as black]:
            is_lawful = 0 <= difference_hash < 1 << HASH_BITS and 0 <= black <= 1 and sharpness >= 0
            if is_lawful and isfinite(sharpness):
                return Scores(difference_hash, float(sharpness), float(black))
    raise ValueError("scores without measure")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`freeze`: the share of equal bits of its hash and that of the entry before it; None where there is none."""

    freeze: float | None
    is_kept: bool


class Likeness:
    """Judges a plan's entries in their order, all of them: the one before may lie in another segment.

    `seen` and `dropped` count them.
    """

    def __init__(self, threshold: int | None) -> None:
        """Entries whose hash differs by at most `threshold` bits from the last kept one are dropped; None: none are."""
        self._threshold = threshold
        self._before: int | None = None
        self._kept: int | None = None
        self.seen = self.dropped = 0

    def judge(self, hash_hex: str | None) -> Verdict:
        """An entry of which no hash is known is kept, and like nothing."""
        self.seen += 1
        if hash_hex is None:
            self._before = None
            return Verdict(None, is_kept=True)
        found = int(hash_hex, 16)
        freeze = None if self._before is None else 1 - _distance(found, self._before) / HASH_BITS
        is_double = (
            self._threshold is not None and self._kept is not None and _distance(found, self._kept) <= self._threshold
        )
        self._before = found
        if is_double:
            self.dropped += 1
        else:
            self._kept = found
        return Verdict(freeze, is_kept=not is_double)

    @property
    def warnings(self) -> list[PlanWarning]:
        """Of what was dropped, if anything was."""
        if not self.dropped:
            return []
        return [warning(WarningCode.DEDUPLICATED, dropped=self.dropped, count=self.seen)]


def _distance(one: int, other: int) -> int:
    """Of Hamming: how many bits differ."""
    return (one ^ other).bit_count()
