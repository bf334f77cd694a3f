from uuid import UUID

from processing_service.entities.job import JobKey
from processing_service.entities.segment import SegmentKey
from processing_service.services.tasks import AssemblyTask, PlanningTask, SegmentTask

VIDEO = UUID(int=1)


def test_a_segment_task_names_its_segment() -> None:
    task = SegmentTask.model_validate_json(SegmentTask(video_id=VIDEO, attempt=2, segment=3).model_dump_json())
    assert task.key == SegmentKey(JobKey(VIDEO, 2), 3)


def test_no_task_waits_for_another_one_of_its_video() -> None:
    tasks = [
        PlanningTask(video_id=VIDEO, attempt=1),
        AssemblyTask(video_id=VIDEO, attempt=1),
        SegmentTask(video_id=VIDEO, attempt=1, segment=0),
        SegmentTask(video_id=VIDEO, attempt=1, segment=1),
    ]
    subjects = {task.subject() for task in tasks}
    assert len(subjects) == len(tasks)
    assert str(VIDEO) not in subjects
