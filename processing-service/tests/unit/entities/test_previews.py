"""Overviews on paper."""

from uuid import UUID

import pytest
from fiapx_common.errors import Invalid
from fiapx_engine.frame_rows import FrameRow
from processing_service.entities.archive import results_of_job
from processing_service.entities.job import JobKey
from processing_service.entities.previews import (
    TILES_AT_MOST,
    Cells,
    ContactSheet,
    evenly,
    preview_key,
    sprite_cells,
    sprites_of,
    tiles_of,
)

JOB = JobKey(UUID(int=1), 2)


def rows(*times_s: float, width: int = 1920, height: int = 1080) -> list[FrameRow]:
    return [
        FrameRow(index, f"{index}.png", index, index, time_s, False, width, height, 1, 0, "", 0)
        for index, time_s in enumerate(times_s, start=1)
    ]


@pytest.mark.parametrize(
    ("frames", "places", "positions"),
    [
        (0, 5, []),
        (1, 5, [1]),
        (5, 5, [1, 2, 3, 4, 5]),
        (4, 5, [1, 2, 3, 4]),
        (10, 1, [6]),
        (10, 5, [2, 4, 6, 8, 10]),
        (100_000, 2, [25_001, 75_001]),
    ],
)
def test_frames_are_taken_from_the_middles_of_equal_stretches(frames: int, places: int, positions: list[int]) -> None:
    assert evenly(frames, places) == positions


def test_however_many_frames_and_places_positions_rise_and_exist() -> None:
    for frames in range(1, 80):
        for places in range(1, 80):
            found = evenly(frames, places)
            assert len(found) == min(frames, places)
            assert found == sorted(set(found))
            assert 1 <= found[0] <= found[-1] <= frames


def test_a_contact_sheet_has_no_more_columns_and_rows_than_its_frames_fill() -> None:
    sheet = ContactSheet(4, 5, 320)
    assert sheet.cells(rows(*range(20))) == Cells(4, 5, 320, 180, 4)
    assert sheet.cells(rows(*range(9))) == Cells(4, 3, 320, 180, 4)
    assert sheet.cells(rows(*range(3))) == Cells(3, 1, 320, 180, 4)


@pytest.mark.parametrize(
    ("width", "height", "cell"),
    [
        (1920, 1080, (320, 180)),
        (1080, 1920, (180, 320)),
        (100, 50, (100, 50)),
        (101, 51, (100, 52)),
        (10_000, 3, (320, 2)),
    ],
)
def test_a_picture_keeps_its_shape_in_even_pixels_and_is_not_enlarged(
    width: int, height: int, cell: tuple[int, int]
) -> None:
    cells = ContactSheet(1, 1, 320).cells(rows(0, width=width, height=height))
    assert (cells.width, cells.height) == cell


def test_a_contact_sheet_that_is_not_offered_is_refused_field_by_field() -> None:
    with pytest.raises(Invalid) as caught:
        ContactSheet(0, 9, 200)
    assert [(field.field, field.message) for field in caught.value.fields] == [
        ("columns", "must be from 1 to 8"),
        ("rows", "must be from 1 to 8"),
        ("width", "must be one of 160, 320"),
    ]


def test_overviews_lie_beside_the_archive_and_each_kind_has_a_key_of_its_own() -> None:
    sheets = [ContactSheet(4, 5, 320), ContactSheet(5, 4, 320), ContactSheet(4, 5, 160)]
    keys = {preview_key(JOB, sheet.name) for sheet in sheets}
    assert len(keys) == len(sheets)
    assert all(key.startswith(results_of_job(JOB)) for key in keys)


def test_tiles_follow_each_other_without_gaps_from_the_beginning_to_the_end() -> None:
    sprites = sprites_of(rows(*(0.5 + second for second in range(27))))
    assert [len(sprite) for sprite in sprites] == [25, 2]
    tiles = tiles_of(sprites, 30.0)
    assert tiles[0].start_ms == 0
    assert [tile.start_ms for tile in tiles[1:]] == [tile.end_ms for tile in tiles[:-1]]
    assert (tiles[1].start_ms, tiles[-1].end_ms) == (1500, 30_000)
    assert [(tile.sprite, tile.x, tile.y) for tile in tiles[4:7]] == [(1, 640, 0), (1, 0, 90), (1, 160, 90)]
    assert [(tile.sprite, tile.x, tile.y) for tile in tiles[24:]] == [(1, 640, 360), (2, 0, 0), (2, 160, 0)]


def test_a_sprite_is_wide_enough_for_each_tile_in_it_also_where_its_last_row_is_not_full() -> None:
    (few,) = sprites_of(rows(0, 1, 2))
    assert sprite_cells(few) == Cells(5, 1, 160, 90, 0)


def test_frames_at_one_time_become_one_tile() -> None:
    sprites = sprites_of(rows(0, 1, 1, 1.0001, 2))
    assert [(tile.start_ms, tile.end_ms) for tile in tiles_of(sprites, 3)] == [(0, 1000), (1000, 2000), (2000, 3000)]


def test_the_last_tile_is_shown_for_a_while_also_where_the_duration_is_not_known() -> None:
    assert [(tile.start_ms, tile.end_ms) for tile in tiles_of(sprites_of(rows(7)), 0)] == [(0, 8000)]
    assert tiles_of([], 10) == []


def test_the_most_tiles_fill_whole_sprites() -> None:
    assert {len(sprite) for sprite in sprites_of(rows(*range(TILES_AT_MOST)))} == {25}
