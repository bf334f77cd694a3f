"""What users' programs are told of a video, in the words of the API."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fiapx_models.events import VideoCancelled, VideoEnded, VideoFailed, VideoOfUser, VideoProcessed
from fiapx_models.statuses import VideoStatus

from notification_service.entities.deliveries import PublicEvent


def ended_event(event: VideoEnded, public_url: str) -> PublicEvent:
    """Of an attempt that is completed or failed."""
    if event.error is not None:
        return _public_event(VideoFailed.TYPE, event, VideoStatus.FAILED, event.finished_at, public_url)
    return _public_event(VideoProcessed.TYPE, event, VideoStatus.COMPLETED, event.finished_at, public_url)


def cancelled_event(event: VideoCancelled, public_url: str) -> PublicEvent:
    """Of an attempt that its user no longer wants."""
    at = event.finished_at or datetime.now(UTC)
    return _public_event(VideoCancelled.TYPE, event, VideoStatus.CANCELLED, at, public_url)


def _public_event(
    type_: str, event: VideoEnded | VideoCancelled, status: VideoStatus, at: datetime, public_url: str
) -> PublicEvent:
    data = {
        "id": str(event.video_id),
        "filename": event.filename,
        **_given(event),
        "status": status,
        "attempts": event.attempt,
        **_outcome(event),
        "finished_at": _moment(at),
        "links": _links(event.video_id, status, public_url),
    }
    body = json.dumps({"type": type_, "timestamp": _moment(at), "data": data}, separators=(",", ":"))
    return PublicEvent(type_, event.video_id, event.attempt, body)


def _given(event: VideoOfUser) -> dict[str, Any]:
    """What the user told of it."""
    metadata = None if event.metadata_json is None else json.loads(event.metadata_json)
    return {"external_id": event.external_id, "metadata": metadata, "tags": event.tags}


def _outcome(event: VideoEnded | VideoCancelled) -> dict[str, Any]:
    if isinstance(event, VideoCancelled):
        return {"frame_count": None, "warnings": [], "error": None}
    return {
        "frame_count": event.frame_count,
        "warnings": [warning.model_dump(mode="json") for warning in event.warnings],
        "error": None if event.error is None else event.error.model_dump(mode="json"),
    }


def _links(video_id: UUID, status: VideoStatus, public_url: str) -> dict[str, str]:
    own = f"{public_url.rstrip('/')}/api/v1/videos/{video_id}"
    if status is not VideoStatus.COMPLETED:
        return {"self": own}
    return {
        "self": own,
        "frames_zip": f"{own}/frames.zip",
        "frames": f"{own}/frames",
        "manifest": f"{own}/manifest.json",
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
