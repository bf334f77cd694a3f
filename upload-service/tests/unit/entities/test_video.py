"""The ways of a video."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from fiapx_models.media import Failure, Media, Warned
from fiapx_models.statuses import TERMINAL, VideoStatus
from hypothesis import given
from hypothesis import strategies as st
from upload_service.entities.errors import (
    ArchiveExpired,
    ArchiveNotReady,
    SourceExpired,
    VideoNotCancellable,
    VideoNotReprocessable,
    VideoNotRetryable,
)
from upload_service.entities.video import Archive, Video

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
MEDIA = Media(duration_s=2.0, width=320, height=180, fps=30.0, codec="h264")
ARCHIVE = Archive("results/x/1/frames.zip", "results/x/1/manifest.json", 4096, 2)
ERROR = Failure(code="no_video", message="No picture.", hint="Send a film.")
UPLOADING = Video(
    id=UUID(int=1),
    user_id=UUID(int=2),
    filename="film.mp4",
    size_bytes=10,
    options_json="{}",
    created_at=NOW,
    source_expires_at=NOW + WEEK,
)
QUEUED = UPLOADING.queued()

News = Callable[[Video], Video]


def started(video: Video, attempt: int = 1) -> Video:
    return video.started(attempt, MEDIA, 2, NOW)


def progressed(video: Video, attempt: int = 1, progress: float = 0.5, frames_ready: int = 1) -> Video:
    return video.progressed(attempt, progress, frames_ready)


def completed(video: Video, attempt: int = 1) -> Video:
    return video.completed(attempt, MEDIA, ARCHIVE, (Warned(code="w", message="W."),), at=NOW, keep=WEEK)


def failed(video: Video, attempt: int = 1) -> Video:
    return video.failed(attempt, ERROR, NOW)


NEWS = [started, progressed, completed, failed]
ENDS = {"completed": completed(QUEUED), "failed": failed(QUEUED), "cancelled": QUEUED.cancelled(NOW)}


def test_an_uploaded_file_is_queued_once() -> None:
    assert QUEUED.status is VideoStatus.QUEUED
    assert started(QUEUED).queued() == started(QUEUED)


def test_the_key_of_the_file_is_made_of_the_id() -> None:
    assert QUEUED.source_key == f"sources/{QUEUED.id}"


def test_every_order_of_a_success_ends_the_same() -> None:
    ends = set()
    for order in permutations([started, progressed, completed]):
        video = QUEUED
        for news in order:
            video = news(video)
        ends.add(video)
    assert len(ends) == 1
    assert ends.pop().status is VideoStatus.COMPLETED


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("news", [progressed, completed, failed])
def test_an_end_is_the_end(end: str, news: News) -> None:
    assert news(ENDS[end]) == ENDS[end]


@pytest.mark.parametrize("news", NEWS)
def test_the_same_news_twice_are_the_same_as_once(news: News) -> None:
    assert news(news(QUEUED)) == news(QUEUED)


@pytest.mark.parametrize("news", NEWS)
@pytest.mark.parametrize("attempt", [0, 2])
def test_news_of_another_attempt_change_nothing(news: Callable[[Video, int], Video], attempt: int) -> None:
    assert news(QUEUED, attempt) == QUEUED


@pytest.mark.parametrize("news", NEWS)
def test_news_of_a_deleted_or_cancelled_video_change_nothing(news: News) -> None:
    for gone in (QUEUED.deleted(NOW), QUEUED.cancelled(NOW)):
        assert news(gone) == gone


@given(st.lists(st.tuples(st.floats(allow_nan=False), st.integers(0, 9))))
def test_progress_never_shrinks_and_stays_within_its_bounds(steps: list[tuple[float, int]]) -> None:
    video = QUEUED
    for step, ready in steps:
        further = video.progressed(1, step, ready)
        assert 0 <= video.progress <= further.progress <= 1
        assert video.frames_ready <= further.frames_ready >= ready
        video = further


def test_frames_can_be_read_while_it_is_processed_and_when_it_is_completed_and_of_no_other_attempt() -> None:
    early = progressed(started(QUEUED), frames_ready=1)
    assert (early.frames_ready, completed(early).frames_ready) == (1, ARCHIVE.frame_count)
    assert [failed(early).frames_ready, early.cancelled(NOW).frames_ready] == [0, 0]
    assert failed(early).retried(NOW).frames_ready == 0


def test_progress_alone_means_that_it_is_processed() -> None:
    assert progressed(QUEUED).status is VideoStatus.PROCESSING


def test_a_completed_video_has_its_archive_for_a_week() -> None:
    video = completed(QUEUED)
    assert (video.progress, video.expires_at, video.archive) == (1.0, NOW + WEEK, ARCHIVE)
    assert video.downloadable(NOW) == ARCHIVE
    with pytest.raises(ArchiveExpired):
        video.downloadable(NOW + WEEK)


@pytest.mark.parametrize("video", [QUEUED, started(QUEUED), failed(QUEUED)])
def test_without_an_archive_there_is_nothing_to_download(video: Video) -> None:
    with pytest.raises(ArchiveNotReady, match=str(video.status)):
        video.downloadable(NOW)


def test_a_video_is_cancelled_once() -> None:
    video = started(QUEUED).cancelled(NOW)
    assert (video.status, video.finished_at) == (VideoStatus.CANCELLED, NOW)
    assert video.cancelled(NOW + WEEK) == video


@pytest.mark.parametrize("end", ["completed", "failed"])
def test_an_ended_video_cannot_be_cancelled(end: str) -> None:
    with pytest.raises(VideoNotCancellable):
        ENDS[end].cancelled(NOW)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_retry_is_a_new_attempt_that_hears_only_of_itself(end: str) -> None:
    again = started(ENDS[end]).retried(NOW)
    assert (again.status, again.attempt, again.progress) == (VideoStatus.QUEUED, 2, 0.0)
    assert (again.error, again.started_at, again.finished_at) == (None, None, None)
    assert completed(again, 1) == again
    assert completed(again, 2).status is VideoStatus.COMPLETED


@pytest.mark.parametrize("video", [UPLOADING, QUEUED, started(QUEUED), completed(QUEUED)])
def test_only_what_failed_or_was_cancelled_is_tried_again(video: Video) -> None:
    with pytest.raises(VideoNotRetryable):
        video.retried(NOW)


def test_without_its_file_a_video_cannot_be_tried_again() -> None:
    with pytest.raises(SourceExpired):
        replace(failed(QUEUED), source_expires_at=NOW).retried(NOW)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_reprocessing_is_a_new_attempt_with_other_options_and_nothing_of_the_one_before(end: Video) -> None:
    again = started(end).reprocessed('"other"', NOW)
    assert again == replace(QUEUED, attempt=2, options_json='"other"')
    assert completed(again, 1) == again
    assert completed(again, 2).status is VideoStatus.COMPLETED


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_reprocessing_can_be_told_as_it_began_whatever_has_become_of_it(end: Video) -> None:
    first = end.reprocessed('"other"', NOW)
    later = completed(first, 2).reprocessed('"third"', NOW).deleted(NOW)
    assert later.as_reprocessed('"other"', 2) == first


@pytest.mark.parametrize("video", [UPLOADING, QUEUED, started(QUEUED)])
def test_only_what_has_ended_is_reprocessed(video: Video) -> None:
    with pytest.raises(VideoNotReprocessable):
        video.reprocessed("{}", NOW)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_without_its_file_a_video_cannot_be_reprocessed(end: Video) -> None:
    with pytest.raises(SourceExpired):
        replace(end, source_expires_at=NOW).reprocessed("{}", NOW)


@given(st.lists(st.sampled_from(NEWS), max_size=12))
def test_no_state_goes_back(told: list[News]) -> None:
    order = list(VideoStatus)
    video = QUEUED
    for news in told:
        after = news(video)
        assert order.index(after.status) >= order.index(video.status)
        assert video.status not in TERMINAL or after.status is video.status
        video = after


def test_a_file_that_has_arrived_is_queued_and_kept_from_then_on() -> None:
    later = NOW + timedelta(hours=5)
    arrived = UPLOADING.arrived(later, WEEK)
    assert (arrived.status, arrived.source_expires_at) == (VideoStatus.QUEUED, later + WEEK)
    assert arrived.arrived(later + WEEK, WEEK) == arrived


def test_an_abandoned_upload_has_failed_and_cannot_be_tried_again() -> None:
    abandoned = UPLOADING.abandoned(ERROR, NOW)
    assert (abandoned.status, abandoned.error, abandoned.finished_at) == (VideoStatus.FAILED, ERROR, NOW)
    with pytest.raises(SourceExpired):
        abandoned.retried(NOW)
    assert QUEUED.abandoned(ERROR, NOW) == QUEUED


def test_a_cancelled_upload_cannot_be_tried_again() -> None:
    with pytest.raises(SourceExpired):
        UPLOADING.cancelled(NOW).retried(NOW)


@pytest.mark.parametrize("news", NEWS)
def test_nothing_is_heard_of_a_video_before_its_file_is_whole(news: News) -> None:
    assert news(UPLOADING) == UPLOADING


def test_progress_is_whole_only_when_the_archive_stands() -> None:
    told = progressed(started(QUEUED), progress=1.0)
    assert told.progress < 1
    assert completed(told).progress == 1


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_whatever_has_become_of_a_video_it_can_be_told_as_it_was_accepted(end: Video) -> None:
    told: dict[str, Any] = {"external_id": "e", "metadata_json": "{}", "tags": ("x",), "sha256": "00"}
    changed = replace(end, deleted_at=NOW, options_json='"other"', **told)
    assert changed.as_accepted(QUEUED.options_json) == replace(QUEUED, **told)
