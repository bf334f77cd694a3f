import pytest
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.scores import Likeness, Scores, scores_from


def kept(threshold: int | None, *hashes: int) -> list[int]:
    likeness = Likeness(threshold)
    return [found for found in hashes if likeness.judge(f"{found:016x}").is_kept]


def test_freeze_is_the_share_of_equal_bits_with_the_entry_before() -> None:
    likeness = Likeness(None)
    found = [likeness.judge(f"{one:016x}").freeze for one in (0, 0, 0b11, 2**64 - 1)]
    assert found == [None, 1.0, 1 - 2 / 64, 1 - 62 / 64]


def test_freeze_looks_at_the_entry_before_also_where_that_was_dropped() -> None:
    likeness = Likeness(2)
    verdicts = [likeness.judge(f"{one:016x}") for one in (0, 0b11, 0b1111)]
    assert [verdict.is_kept for verdict in verdicts] == [True, False, True]
    assert verdicts[2].freeze == 1 - 2 / 64


def test_an_entry_is_compared_with_the_last_kept_one_so_that_slow_changes_are_seen() -> None:
    assert kept(1, 0b0, 0b1, 0b11, 0b111, 0b1111) == [0b0, 0b11, 0b1111]


def test_threshold_0_drops_only_equal_hashes() -> None:
    assert kept(0, 5, 5, 4, 4, 5) == [5, 4, 5]


def test_threshold_64_keeps_the_first_alone() -> None:
    assert kept(64, 1, 2**64 - 1, 0) == [1]


def test_without_a_threshold_nothing_is_dropped() -> None:
    likeness = Likeness(None)
    assert all(likeness.judge("0" * 16).is_kept for _ in range(3))
    assert likeness.warnings == []


def test_the_warning_tells_how_many_of_how_many_were_dropped() -> None:
    likeness = Likeness(0)
    for _ in range(3):
        likeness.judge("0" * 16)
    (warned,) = likeness.warnings
    assert warned.code is WarningCode.DEDUPLICATED
    assert warned.message["en"].startswith("2 of 3 frames were dropped")


def test_an_entry_without_a_hash_is_kept_and_like_nothing() -> None:
    likeness = Likeness(64)
    verdicts = [likeness.judge(one) for one in ("0" * 16, None, "0" * 16)]
    assert [(verdict.freeze, verdict.is_kept) for verdict in verdicts] == [(None, True), (None, True), (None, False)]


def test_scores_come_back_from_json() -> None:
    scores = Scores(2**64 - 1, 12.5, 0.25)
    assert scores_from(scores.as_json()) == scores
    assert scores.hash_hex == "f" * 16


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        [1, 2.0],
        ["1", 2.0, 0.5],
        [2**64, 1.0, 0.5],
        [-1, 1.0, 0.5],
        [1, -1.0, 0.5],
        [1, float("inf"), 0.5],
        [1, float("nan"), 0.5],
        [1, 1.0, 1.5],
    ],
)
def test_scores_without_measure_are_refused(said: object) -> None:
    with pytest.raises(ValueError, match="without measure"):
        scores_from(said)
