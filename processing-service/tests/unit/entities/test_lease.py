import pytest
from processing_service.entities.lease import Tally


@pytest.mark.parametrize(("charged", "lost"), [(0, 0), (2, 0), (0, 9), (2, 9)])
def test_work_that_failed_now_and_then_is_tried_again(charged: int, lost: int) -> None:
    assert not Tally(charged, lost).is_hopeless


@pytest.mark.parametrize(("charged", "lost"), [(3, 0), (0, 10)])
def test_the_third_crash_and_the_tenth_lost_worker_end_it(charged: int, lost: int) -> None:
    assert Tally(charged, lost).is_hopeless
