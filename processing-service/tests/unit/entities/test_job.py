from itertools import pairwise
from uuid import UUID

import pytest
from processing_service.entities.job import LIVE, WITHDRAWN, Attempts, Job, JobKey, JobState, Request, states_before

REQUEST = Request(JobKey(UUID(int=1), 1), UUID(int=2), "film.mp4", "sources/1", 1, "{}", None, None)
NOTHING_YET = Attempts(newest=0, cancelled_through=0, deleted=False)


def test_the_way_of_a_job_is_planning_running_assembling_completed() -> None:
    way = [JobState.PLANNING, JobState.RUNNING, JobState.ASSEMBLING, JobState.COMPLETED]
    assert all(earlier in states_before(later) for earlier, later in pairwise(way))


def test_only_a_kept_result_ends_a_job_that_was_not_worked_on() -> None:
    assert states_before(JobState.COMPLETED) == {JobState.PLANNING, JobState.ASSEMBLING}


def test_nothing_comes_before_planning() -> None:
    assert states_before(JobState.PLANNING) == frozenset()


@pytest.mark.parametrize("end", [JobState.FAILED, *sorted(WITHDRAWN)])
def test_a_job_may_fail_or_be_withdrawn_in_every_live_state_and_in_no_other(end: JobState) -> None:
    assert states_before(end) == LIVE


def test_the_first_attempt_may_begin() -> None:
    assert NOTHING_YET.refusal_of(1) is None


def test_an_attempt_that_has_begun_does_not_begin_again() -> None:
    assert Attempts(newest=2, cancelled_through=0, deleted=False).refusal_of(2) == "has begun before"


def test_an_older_attempt_does_not_begin_after_a_newer_one() -> None:
    assert Attempts(newest=2, cancelled_through=0, deleted=False).refusal_of(1) == "a newer attempt has begun"


def test_an_attempt_that_was_cancelled_before_it_came_does_not_begin() -> None:
    assert Attempts(newest=0, cancelled_through=1, deleted=False).refusal_of(1) == "cancelled before it began"


def test_an_attempt_after_the_cancelled_one_may_begin() -> None:
    assert Attempts(newest=1, cancelled_through=1, deleted=False).refusal_of(2) is None


def test_nothing_begins_for_a_deleted_video() -> None:
    assert Attempts(newest=1, cancelled_through=0, deleted=True).refusal_of(2) == "the video is deleted"


def test_early_frames_are_there_while_a_planned_job_is_not_over() -> None:
    early = {state for state in JobState if Job(REQUEST, state).has_early_frames}
    assert early == {JobState.RUNNING, JobState.ASSEMBLING}
    assert {state for state in JobState if Job(REQUEST, state).has_result} == {JobState.COMPLETED}
