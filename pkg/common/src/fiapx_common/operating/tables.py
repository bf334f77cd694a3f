"""Rows as a person reads them: a table where it fits, else one line for each value, as psql's expanded display."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

Cell = str | int | float | bool | datetime | None
Row = Mapping[str, Cell]
_GAP = "  "


def table(rows: Sequence[Row], width: int) -> str:
    """Text without a last line break; all rows have the keys of the first one. `width` in characters."""
    if not rows:
        return ""
    lines = [
        [name.upper().replace("_", " ") for name in rows[0]],
        *([_shown(cell) for cell in row.values()] for row in rows),
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        return _expanded(rows)
    return "\n".join(
        _GAP.join(cell.ljust(size) for cell, size in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _expanded(rows: Sequence[Row]) -> str:
    longest = max(map(len, rows[0]))
    return "\n\n".join(
        "\n".join(f"{name.replace('_', ' ').ljust(longest)}{_GAP}{_shown(cell)}" for name, cell in row.items())
        for row in rows
    )


def _shown(cell: Cell) -> str:
    match cell:
        case None | "":
            return "-"
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case _:
            # a reason may hold whatever a stranger sent: nothing of it may steer the terminal
            return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in str(cell))
