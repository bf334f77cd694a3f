from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from processing_service.entities.archive import (
    LARGEST_PART_BYTES,
    PARTS_AT_MOST,
    SMALLEST_PART_BYTES,
    Copied,
    JoinPlan,
    Piece,
    Sent,
    StoredPart,
    archive_key,
    manifest_key,
    part_key,
    parts_of_job,
    parts_of_video,
    plan_join,
    previews_of_job,
    results_of_job,
    results_of_video,
    size_of,
)
from processing_service.entities.job import JobKey, ResultKey
from processing_service.entities.segment import SegmentKey

MIB = 1 << 20
VIDEO = UUID("7d444840-9dc0-11d1-b245-5ffdce74fad2")
JOB = JobKey(VIDEO, 2)


def parts(*sizes: int) -> list[StoredPart]:
    return [StoredPart(str(number), size) for number, size in enumerate(sizes)]


def pieces(plan: JoinPlan) -> list[Piece]:
    joined = [step.piece if isinstance(step, Copied) else step.pieces for step in plan.joined]
    flat = [piece for step in joined for piece in (step if isinstance(step, tuple) else (step,))]
    return [*flat, *plan.left.pieces]


def test_each_holder_of_a_segment_writes_a_part_of_its_own() -> None:
    assert part_key(SegmentKey(JOB, 3), 1) == f"parts/{VIDEO}/2/3-1"


def test_parts_lie_below_their_job_and_their_video() -> None:
    key = part_key(SegmentKey(JOB, 3), 1)
    assert key.startswith(parts_of_job(JOB))
    assert parts_of_job(JOB).startswith(parts_of_video(VIDEO))


def test_results_lie_below_their_job_and_their_video() -> None:
    result = ResultKey(JOB, 3)
    assert archive_key(result).startswith(results_of_job(JOB))
    assert manifest_key(result).startswith(results_of_job(JOB))
    assert previews_of_job(JOB).startswith(results_of_job(JOB))
    assert results_of_job(JOB).startswith(results_of_video(VIDEO))


def test_each_holder_of_a_job_writes_an_archive_of_its_own() -> None:
    assert archive_key(ResultKey(JOB, 3)) == f"results/{VIDEO}/2/3/frames.zip"
    assert manifest_key(ResultKey(JOB, 3)) == f"results/{VIDEO}/2/3/manifest.json"


def test_archives_from_before_holders_had_places_of_their_own_are_found() -> None:
    assert archive_key(ResultKey(JOB, None)) == f"results/{VIDEO}/2/frames.zip"
    assert manifest_key(ResultKey(JOB, None)) == f"results/{VIDEO}/2/manifest.json"


def test_a_large_part_is_copied_whole() -> None:
    assert plan_join(parts(6 * MIB)).joined == (Copied(Piece("0", 0, 6 * MIB)),)


def test_small_neighbours_are_sent_together_once_they_are_large_enough() -> None:
    plan = plan_join(parts(2 * MIB, 3 * MIB, MIB))
    assert plan.joined == (Sent((Piece("0", 0, 2 * MIB), Piece("1", 0, 3 * MIB))),)
    assert plan.left == Sent((Piece("2", 0, MIB),))


def test_a_small_part_before_a_large_one_is_filled_up_from_it() -> None:
    plan = plan_join(parts(2 * MIB, 20 * MIB))
    assert plan.joined == (
        Sent((Piece("0", 0, 2 * MIB), Piece("1", 0, 3 * MIB))),
        Copied(Piece("1", 3 * MIB, 17 * MIB)),
    )


def test_a_part_is_not_cut_where_its_rest_would_be_too_small() -> None:
    plan = plan_join(parts(2 * MIB, 6 * MIB))
    assert plan.joined == (Sent((Piece("0", 0, 2 * MIB), Piece("1", 0, 6 * MIB))),)


def test_a_small_archive_is_left_for_one_put() -> None:
    plan = plan_join(parts(MIB, MIB))
    assert plan.joined == ()
    assert plan.left.length == 2 * MIB


def test_a_segment_without_frames_has_no_part() -> None:
    assert plan_join(parts(0, 0)) == JoinPlan((), Sent(()))


def test_a_part_above_what_one_request_copies_is_copied_in_pieces() -> None:
    plan = plan_join(parts(LARGEST_PART_BYTES + MIB))
    assert [step.piece.length for step in plan.joined if isinstance(step, Copied)] == [
        LARGEST_PART_BYTES + MIB - SMALLEST_PART_BYTES,
        SMALLEST_PART_BYTES,
    ]


def test_very_many_parts_are_grouped_to_what_a_store_allows() -> None:
    plan = plan_join(parts(*[6 * MIB] * 12_000))
    assert len(plan.joined) <= PARTS_AT_MOST


def test_only_what_is_kept_of_a_part_is_joined() -> None:
    part = StoredPart("0", 30 * MIB, ((MIB, 2 * MIB), (8 * MIB, 7 * MIB), (20 * MIB, MIB)))
    plan = plan_join([part])
    assert part.kept_bytes == 10 * MIB
    assert plan.joined == (Sent((Piece("0", MIB, 2 * MIB), Piece("0", 8 * MIB, 7 * MIB))),)
    assert plan.left == Sent((Piece("0", 20 * MIB, MIB),))


def test_a_large_range_of_a_part_is_copied() -> None:
    plan = plan_join([StoredPart("0", 30 * MIB, ((MIB, 6 * MIB), (8 * MIB, 20 * MIB)))])
    assert plan.joined == (Copied(Piece("0", MIB, 6 * MIB)), Copied(Piece("0", 8 * MIB, 20 * MIB)))


def test_a_part_of_which_nothing_is_kept_is_left_out() -> None:
    assert plan_join([StoredPart("0", MIB, ())]) == JoinPlan((), Sent(()))


sizes = st.lists(
    st.one_of(st.integers(0, 12 * MIB), st.integers(LARGEST_PART_BYTES - MIB, 3 * LARGEST_PART_BYTES)), max_size=30
)


@given(sizes)
@settings(max_examples=200)
def test_the_joined_pieces_are_the_parts_bytes_in_order(sizes: list[int]) -> None:
    whole = [Piece(part.key, 0, part.size_bytes) for part in parts(*sizes) if part.size_bytes]
    glued: list[Piece] = []
    for piece in pieces(plan_join(parts(*sizes))):
        if glued and glued[-1].key == piece.key:
            assert piece.start == glued[-1].length
            glued[-1] = Piece(piece.key, 0, glued[-1].length + piece.length)
        else:
            assert piece.start == 0
            glued.append(piece)
    assert glued == whole


@given(st.lists(st.tuples(st.integers(1, 12 * MIB), st.integers(1, 12 * MIB)), max_size=30))
@settings(max_examples=200)
def test_the_joined_pieces_are_the_kept_bytes_in_order(lengths: list[tuple[int, int]]) -> None:
    kept, end = [], 0
    for gap, length in lengths:
        kept.append((end + gap, length))
        end += gap + length
    plan = plan_join([StoredPart("0", end, tuple(kept))])
    joined = [place for piece in pieces(plan) for place in (piece.start, piece.end)]
    borders = [place for start, length in kept for place in (start, start + length)]
    cuts = [place for place in joined if place not in borders]
    assert [place for place in joined if place in borders] == borders
    assert cuts[::2] == cuts[1::2]
    assert all(size_of(_pieces(step)) >= SMALLEST_PART_BYTES for step in plan.joined)


def _pieces(step: Copied | Sent) -> tuple[Piece, ...]:
    return (step.piece,) if isinstance(step, Copied) else step.pieces


@given(sizes)
@settings(max_examples=200)
def test_every_joined_part_has_a_size_that_a_store_accepts(sizes: list[int]) -> None:
    for step in plan_join(parts(*sizes)).joined:
        length = step.piece.length if isinstance(step, Copied) else step.length
        assert SMALLEST_PART_BYTES <= length <= LARGEST_PART_BYTES
