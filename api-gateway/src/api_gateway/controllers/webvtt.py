"""Tiles as WebVTT (https://www.w3.org/TR/webvtt1/) for players, with media fragments (https://www.w3.org/TR/media-frags/)."""

from collections.abc import Iterable

from api_gateway.entities.previews import Tile


def webvtt(tiles: Iterable[Tile]) -> str:
    """A cue for each tile; addresses are relative to the document's own."""
    return "\n".join(["WEBVTT\n", *map(_cue, tiles)])


def _cue(tile: Tile) -> str:
    place = f"#xywh={tile.x},{tile.y},{tile.width},{tile.height}"
    return f"{_time(tile.start_ms)} --> {_time(tile.end_ms)}\nsprites/{tile.sprite}.jpg{place}\n"


def _time(ms: int) -> str:
    seconds, rest_ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest_ms:03}"
