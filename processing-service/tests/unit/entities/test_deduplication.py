from fiapx_engine.frame_rows import FrameRow
from fiapx_engine.scores import Likeness
from fiapx_engine.zip_parts import entry_length
from processing_service.entities.deduplication import KeptFrames, kept_frames


def part(first_index: int, *hashes: int) -> list[FrameRow]:
    """Rows of one segment's part, one behind the other."""
    rows: list[FrameRow] = []
    offset = 0
    for index, found in enumerate(hashes, first_index):
        row = FrameRow(
            index=index,
            name=f"frame_{index:06}.png",
            frame=index,
            pts=index,
            time_s=float(index),
            keyframe=False,
            width=1,
            height=1,
            size_bytes=100 * index,
            crc32=0,
            sha256="",
            offset=offset,
            sharpness=1.0,
            black=0.0,
            hash=f"{found:016x}",
        )
        rows.append(row)
        offset += entry_length(row)
    return rows


def kept(parts: list[list[FrameRow]], threshold: int | None) -> list[KeptFrames]:
    return kept_frames(parts, Likeness(threshold))


def indexes(found: list[KeptFrames]) -> list[int]:
    return [row.index for one in found for row in one.rows]


def freezes(found: list[KeptFrames]) -> list[float | None]:
    return [row.freeze for one in found for row in one.rows]


def test_without_a_threshold_every_frame_stays_where_it_lies() -> None:
    parts = [part(1, 1, 1), part(3, 1)]
    found = kept(parts, None)
    assert [[row.offset for row in one.rows] for one in found] == [[row.offset for row in rows] for rows in parts]
    assert [len(one.ranges) for one in found] == [1, 1]
    assert freezes(found) == [None, 1.0, 1.0]


def test_a_double_is_dropped_across_the_border_of_segments() -> None:
    assert indexes(kept([part(1, 7, 7), part(3, 7, 9)], 0)) == [1, 4]


def test_the_same_frames_stay_however_they_are_cut() -> None:
    hashes = (0, 1, 3, 7, 7, 15, 2**60, 2**60)
    whole = kept([part(1, *hashes)], 1)
    pieces = kept([part(1, *hashes[:3]), part(4), part(4, *hashes[3:5]), part(6, *hashes[5:])], 1)
    assert indexes(pieces) == indexes(whole) == [1, 3, 6, 7]
    assert freezes(pieces) == freezes(whole)


def test_neighbours_that_stay_are_one_range_and_move_up() -> None:
    rows = part(1, 1, 1, 2, 3)
    (found,) = kept([rows], 0)
    lengths = [entry_length(row) for row in rows]
    assert found.ranges == ((0, lengths[0]), (lengths[0] + lengths[1], lengths[2] + lengths[3]))
    assert [row.offset for row in found.rows] == [0, lengths[0], lengths[0] + lengths[2]]
    assert found.size_bytes == sum(lengths) - lengths[1]


def test_a_part_of_doubles_alone_gives_nothing() -> None:
    assert kept([part(1, 5), part(2, 5, 5)], 64)[1] == KeptFrames((), ())
