"""Answers as typed results."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fiapx.results import Frame, Video
from fiapx_models.statuses import VideoStatus

FINISHED = {VideoStatus.COMPLETED, VideoStatus.FAILED, VideoStatus.CANCELLED}


def answer(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "filename": "a.mp4", "created_at": "2026-11-01T12:00:00Z", **fields}


@pytest.mark.parametrize("status", list(VideoStatus))
def test_a_video_is_finished_in_its_terminal_states_only(status: VideoStatus) -> None:
    assert Video.model_validate(answer(status=status)).finished == (status in FINISHED)


def test_a_videos_times_know_their_zone() -> None:
    video = Video.model_validate(answer(status="queued"))
    assert video.created_at == datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_fields_of_a_newer_platform_are_no_trouble() -> None:
    assert Video.model_validate(answer(status="queued", smell="fresh")).status is VideoStatus.QUEUED


@pytest.mark.parametrize("name", ["source_frame", "frame"])
def test_a_frame_is_the_same_in_the_api_and_in_the_manifest(name: str) -> None:
    frame = Frame.model_validate({"index": 1, "name": "frame_000001.png", "time_s": 0, name: 7})
    assert frame.source_frame == 7


def test_a_frame_keeps_what_a_newer_manifest_adds() -> None:
    frame = Frame.model_validate({"index": 1, "name": "frame_000001.png", "time_s": 0, "sharpness": 0.5})
    assert frame.model_dump()["sharpness"] == 0.5
