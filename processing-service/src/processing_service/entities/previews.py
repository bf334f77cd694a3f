"""Overviews of a result on paper: which frames are shown, where in a grid, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fiapx_common.errors import FieldError, Invalid
from fiapx_engine.frame_rows import FrameRow

from processing_service.entities.archive import previews_of_job
from processing_service.entities.job import JobKey

COLUMNS_AT_MOST: Final = 8
ROWS_AT_MOST: Final = 8
PICTURE_WIDTHS: Final = (160, 320)
SPRITE_COLUMNS: Final = 5
SPRITE_ROWS: Final = 5
TILES_AT_MOST: Final = 250
_PER_SPRITE: Final = SPRITE_COLUMNS * SPRITE_ROWS
_TILE_WIDTH: Final = 160
_GAP: Final = 4
_LAST_TILE_MS: Final = 1000
"""Where its end is not known."""


@dataclass(frozen=True)
class Cells:
    """A grid's size in cells, a cell's in pixels, and the pixels around each."""

    columns: int
    rows: int
    width: int
    height: int
    gap: int


@dataclass(frozen=True)
class ContactSheet:
    """Frames evenly over a result, in columns and rows; `width` is a picture's longer side at most, in pixels."""

    columns: int
    rows: int
    width: int

    def __post_init__(self) -> None:
        wrong = [
            FieldError(name, f"must be from 1 to {most}")
            for name, most in (("columns", COLUMNS_AT_MOST), ("rows", ROWS_AT_MOST))
            if not 1 <= getattr(self, name) <= most
        ]
        if self.width not in PICTURE_WIDTHS:
            wrong.append(FieldError("width", f"must be one of {', '.join(map(str, PICTURE_WIDTHS))}"))
        if wrong:
            raise Invalid("invalid_request", "The request is not valid.", wrong)

    @property
    def places(self) -> int:
        return self.columns * self.rows

    @property
    def name(self) -> str:
        return f"contact-sheet-{self.columns}x{self.rows}-{self.width}.jpg"

    def cells(self, shown: Sequence[FrameRow]) -> Cells:
        """As many columns as are filled, as many rows as are begun."""
        columns = min(self.columns, len(shown))
        width, height = _cell(shown, self.width)
        return Cells(columns, -(-len(shown) // columns), width, height, _GAP)


@dataclass(frozen=True)
class Tile:
    """The part of a sprite that stands for the time from `start_ms` to `end_ms`; places and sizes in pixels."""

    start_ms: int
    end_ms: int
    sprite: int
    """From 1."""
    x: int
    y: int
    width: int
    height: int


def preview_key(job: JobKey, name: str) -> str:
    """Beside the archive, so that it goes when the archive does."""
    return f"{previews_of_job(job)}{name}"


def sprite_name(number: int) -> str:
    return f"sprite-{number}.jpg"


def evenly(frames: int, places: int) -> list[int]:
    """The middle one of each of so many equal stretches, as positions from 1; all where there are no more than that."""
    shown = min(frames, places)
    return [(2 * place + 1) * frames // (2 * shown) + 1 for place in range(shown)]


def sprites_of(rows: Sequence[FrameRow]) -> list[list[FrameRow]]:
    """The frames of each sprite; several at one time are shown once, since a player could not tell them apart."""
    shown: list[FrameRow] = []
    for row in rows:
        if not shown or _ms(row) > _ms(shown[-1]):
            shown.append(row)
    return [shown[start : start + _PER_SPRITE] for start in range(0, len(shown), _PER_SPRITE)]


def sprite_cells(shown: Sequence[FrameRow]) -> Cells:
    """Of one sprite; always all its columns, so that a tile's place depends on its number alone."""
    width, height = _cell(shown, _TILE_WIDTH)
    return Cells(SPRITE_COLUMNS, -(-len(shown) // SPRITE_COLUMNS), width, height, 0)


def tiles_of(sprites: Sequence[Sequence[FrameRow]], duration_s: float) -> list[Tile]:
    """A tile holds from its frame's time until the next one's; the first from the video's beginning."""
    starts = [_ms(row) for sprite in sprites for row in sprite]
    if not starts:
        return []
    end_ms = round(duration_s * 1000)
    ends = [*starts[1:], end_ms if end_ms > starts[-1] else starts[-1] + _LAST_TILE_MS]
    times = iter(zip([0, *starts[1:]], ends, strict=True))
    tiles = []
    for number, sprite in enumerate(sprites, start=1):
        cells = sprite_cells(sprite)
        for place in range(len(sprite)):
            row, column = divmod(place, cells.columns)
            start_ms, end_ms = next(times)
            left, top = column * cells.width, row * cells.height
            tiles.append(Tile(start_ms, end_ms, number, left, top, cells.width, cells.height))
    return tiles


def _cell(shown: Sequence[FrameRow], longest: int) -> tuple[int, int]:
    """Width and height of the first frame with its longer side so long at most, even as JPEG's colours want it."""
    width, height = shown[0].width, shown[0].height
    scale = min(1.0, longest / max(width, height))
    return _even(width * scale), _even(height * scale)


def _even(pixels: float) -> int:
    return max(2, 2 * round(pixels / 2))


def _ms(row: FrameRow) -> int:
    return round(row.time_s * 1000)
