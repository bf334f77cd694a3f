"""Tiles as WebVTT."""

from api_gateway.controllers.webvtt import webvtt
from api_gateway.entities.previews import Tile


def test_each_tile_is_a_cue_with_a_media_fragment() -> None:
    tiles = [Tile(0, 1500, 1, 0, 0, 160, 90), Tile(1500, 360_061_007, 12, 320, 90, 160, 90)]
    assert webvtt(tiles) == (
        "WEBVTT\n"
        "\n"
        "00:00:00.000 --> 00:00:01.500\n"
        "sprites/1.jpg#xywh=0,0,160,90\n"
        "\n"
        "00:00:01.500 --> 100:01:01.007\n"
        "sprites/12.jpg#xywh=320,90,160,90\n"
    )


def test_without_tiles_it_is_a_document_without_cues() -> None:
    assert webvtt([]) == "WEBVTT\n"
