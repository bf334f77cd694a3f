"""Overviews of a result."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetShape:
    """How many columns and rows a contact sheet has at most, and how large a picture in it, in pixels."""

    columns: int
    rows: int
    width: int


@dataclass(frozen=True)
class Tile:
    """The part of a sprite that stands for a time; places and sizes in pixels."""

    start_ms: int
    end_ms: int
    sprite: int
    """From 1."""
    x: int
    y: int
    width: int
    height: int
