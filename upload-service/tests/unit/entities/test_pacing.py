"""How often a watcher hears of a video that gets on."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from fiapx_models.statuses import VideoStatus
from upload_service.entities.changes import Change
from upload_service.entities.pacing import Pacing
from upload_service.entities.video import Video

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ONE, OTHER = uuid4(), uuid4()


def at(seq: int, progress: float, *, video_id: UUID = ONE, status: VideoStatus = VideoStatus.PROCESSING) -> Change:
    return Change(seq, Video(video_id, ONE, "film.mp4", 1, "{}", NOW, NOW, status, progress=progress))


def test_the_first_progress_is_told_at_once() -> None:
    assert Pacing(0.5).admit([at(1, 0.1)], 0) == [at(1, 0.1)]


def test_progress_that_comes_too_soon_is_held_until_it_is_due() -> None:
    pacing = Pacing(0.5)
    pacing.admit([at(1, 0.1)], 0)
    assert pacing.admit([at(2, 0.2)], 0.1) == []
    assert pacing.wait_s(0.1) == 0.4
    assert pacing.admit([], 0.5) == [at(2, 0.2)]
    assert pacing.wait_s(0.5) is None


def test_of_what_was_held_the_newest_is_told() -> None:
    pacing = Pacing(0.5)
    pacing.admit([at(1, 0.1)], 0)
    pacing.admit([at(2, 0.2)], 0.1)
    pacing.admit([at(3, 0.3)], 0.2)
    assert pacing.admit([], 0.5) == [at(3, 0.3)]


def test_the_end_is_told_at_once_and_nothing_that_was_held_follows_it() -> None:
    pacing = Pacing(0.5)
    pacing.admit([at(1, 0.1)], 0)
    pacing.admit([at(2, 0.2)], 0.1)
    end = at(3, 1, status=VideoStatus.COMPLETED)
    assert pacing.admit([end], 0.2) == [end]
    assert pacing.admit([], 0.5) == []


def test_a_deletion_is_told_at_once() -> None:
    pacing = Pacing(0.5)
    pacing.admit([at(1, 0.1)], 0)
    gone = Change(2, replace(at(2, 0.1).video, deleted_at=NOW))
    assert pacing.admit([gone], 0.1) == [gone]


def test_a_new_attempt_is_told_at_once() -> None:
    pacing = Pacing(0.5)
    pacing.admit([at(1, 0.9)], 0)
    again = Change(2, replace(at(2, 0).video, attempt=2))
    assert pacing.admit([again], 0.1) == [again]


def test_one_videos_progress_does_not_hold_up_anothers() -> None:
    pacing = Pacing(0.5)
    pacing.admit([at(1, 0.1)], 0)
    assert pacing.admit([at(2, 0.1, video_id=OTHER)], 0.1) == [at(2, 0.1, video_id=OTHER)]


def test_a_watcher_that_comes_back_is_told_what_was_held_when_it_left() -> None:
    pacing = Pacing(0.5)
    pacing.admit([at(1, 0.1)], 0)
    (told,) = pacing.admit([at(2, 0.2), at(3, 0, video_id=OTHER)], 0.1)
    assert (told.video.id, told.seq) == (OTHER, 1)


def test_the_seq_to_go_on_from_never_shrinks() -> None:
    pacing = Pacing(0.5)
    told = pacing.admit([at(1, 0.1)], 0)
    told += pacing.admit([at(2, 0.2), at(3, 0, video_id=OTHER)], 0.1)
    told += pacing.admit([at(5, 0.3)], 0.5)
    told += pacing.admit([at(6, 1, status=VideoStatus.COMPLETED)], 0.6)
    assert [change.seq for change in told] == [1, 1, 5, 6]
