"""Forecasts on paper: what is known, what is told, and what would be a lie."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processing_service.entities.forecast import LiveJob, Measured, Place, Workload, places

KNOWN = Measured(speed=2.0, work_per_byte=0.01, tail_s=3.0)


def runs(work_left: float, segments_left: int = 100, speed: float | None = None) -> LiveJob:
    return LiveJob(uuid4(), runs=True, size_bytes=1000, work_left=work_left, segments_left=segments_left, speed=speed)


def waits(size_bytes: int = 1000) -> LiveJob:
    return LiveJob(uuid4(), runs=False, size_bytes=size_bytes)


def told(*jobs: LiveJob, measured: Measured = KNOWN, workers: int | None = 2) -> list[Place]:
    found: dict[UUID, Place] = places(Workload(jobs, measured, workers))
    return [found[job.video_id] for job in jobs]


def test_those_that_wait_are_counted_in_their_order_and_those_that_run_are_not() -> None:
    assert [place.position for place in told(runs(1), waits(), runs(1), waits())] == [None, 1, None, 2]


def test_a_job_alone_ends_when_all_workers_have_done_its_work() -> None:
    assert told(runs(40))[0].eta_s == pytest.approx(40 / 2.0 / 2 + 3)


def test_a_job_cannot_use_more_workers_than_it_has_segments_left() -> None:
    assert told(runs(40, segments_left=1))[0].eta_s == pytest.approx(40 / 2.0 + 3)


def test_a_long_job_delays_a_short_one_by_no_more_than_its_even_share() -> None:
    short, long = told(runs(4), runs(4000))
    assert short.eta_s == pytest.approx((2 + 2) / 2 + 3)
    assert long.eta_s == pytest.approx((2 + 2000) / 2 + 3)


def test_the_speed_of_this_attempt_counts_more_than_that_of_others() -> None:
    assert told(runs(40, speed=0.5))[0].eta_s == pytest.approx(40 / 0.5 / 2 + 3)


def test_a_job_that_waits_has_all_work_before_it() -> None:
    first, second = told(waits(1000), waits(3000))
    assert first.eta_s == pytest.approx(5 / 2 + 3)
    assert second.eta_s == pytest.approx(20 / 2 + 3)


@pytest.mark.parametrize("workers", [None, 0])
def test_nobody_knows_an_end_where_nobody_works(workers: int | None) -> None:
    assert [place.eta_s for place in told(runs(1), waits(), workers=workers)] == [None, None]


def test_nobody_knows_an_end_before_anything_was_measured() -> None:
    assert [place.eta_s for place in told(runs(1), waits(), measured=Measured())] == [None, None]


def test_a_job_whose_segments_are_all_done_has_its_last_steps_before_it() -> None:
    assert told(runs(0, segments_left=0))[0].eta_s == 3
    assert told(runs(0, segments_left=0), measured=replace(KNOWN, tail_s=None))[0].eta_s == 1


WORK = st.floats(0, 1e6)


@given(st.lists(WORK, min_size=1, max_size=6), st.integers(1, 50), st.floats(0, 1))
def test_progress_never_makes_an_end_later_and_an_end_is_never_told_as_reached(
    work: list[float], workers: int, share: float
) -> None:
    jobs = [runs(left) for left in work]
    further = [replace(jobs[0], work_left=jobs[0].work_left * share), *jobs[1:]]
    before = [place.eta_s or 0 for place in told(*jobs, waits(), workers=workers)]
    after = [place.eta_s or 0 for place in told(*further, waits(), workers=workers)]
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in zip(before, after, strict=True))
    assert min(after) >= 1


@given(st.lists(WORK, min_size=1, max_size=6), st.integers(1, 50), WORK)
def test_more_workers_never_make_an_end_later_and_more_work_never_makes_it_sooner(
    work: list[float], workers: int, more: float
) -> None:
    jobs = [runs(left) for left in work]
    plain = told(*jobs, workers=workers)
    helped = told(*jobs, workers=workers + 1)
    crowded = told(*jobs, runs(more), workers=workers)[:-1]
    for place, with_help, in_crowd in zip(plain, helped, crowded, strict=True):
        assert (with_help.eta_s or 0) <= (place.eta_s or 0) * (1 + 1e-9)
        assert (in_crowd.eta_s or 0) >= (place.eta_s or 0) * (1 - 1e-9)
