from uuid import UUID

from processing_service.entities.job import Job, JobKey, JobState, Request
from processing_service.entities.lease import Lease, Tally
from processing_service.entities.segment import PlannedSegment, SegmentKey, TakenSegment

KEY = JobKey(UUID(int=1), 2)
REQUEST = Request(
    key=KEY,
    user_id=UUID(int=2),
    filename="film.mp4",
    source_key="sources/1",
    size_bytes=1,
    options_json="{}",
    external_id=None,
    metadata_json=None,
)


def test_a_taken_segment_knows_which_it_is() -> None:
    taken = TakenSegment(Job(REQUEST, JobState.RUNNING), PlannedSegment(5, 1, 1.0, {}), Lease("me", 1), Tally())
    assert taken.key == SegmentKey(KEY, 5)
