"""upload-service's messages as entities."""

from datetime import UTC, datetime
from uuid import UUID

from api_gateway.repositories.video_messages import read_video
from fiapx_models.media import Failure, Media, Warned
from fiapx_proto.upload.v1 import upload_pb2
from google.protobuf.timestamp_pb2 import Timestamp

CREATED = Timestamp(seconds=1_700_000_000)


def test_what_is_not_set_becomes_none() -> None:
    video = read_video(upload_pb2.Video(id=str(UUID(int=1)), status="queued", options_json="{}", created_at=CREATED))
    unset = (video.sha256, video.external_id, video.metadata, video.media, video.frame_count, video.frames_expected)
    assert unset == (None,) * 6
    later = (video.archive_bytes, video.error, video.started_at, video.finished_at, video.expires_at)
    assert later == (None,) * 5


def test_zero_frames_are_not_none() -> None:
    message = upload_pb2.Video(id=str(UUID(int=1)), status="queued", frame_count=0, created_at=CREATED)
    assert read_video(message).frame_count == 0


def test_json_becomes_values() -> None:
    media = Media(duration_s=2.0, width=320, height=180, fps=30.0, codec="h264")
    video = read_video(
        upload_pb2.Video(
            id=str(UUID(int=1)),
            status="completed",
            options_json='{"max_frames":3}',
            metadata_json='{"a":[1]}',
            media_json=media.model_dump_json(),
            warnings=[upload_pb2.Warning(code="w", message="careful")],
            error=upload_pb2.Failure(code="e", message="m", hint="h"),
            created_at=CREATED,
        )
    )
    assert (video.options, video.metadata, video.media) == ({"max_frames": 3}, {"a": [1]}, media)
    assert video.warnings == (Warned(code="w", message="careful"),)
    assert video.error == Failure(code="e", message="m", hint="h")


def test_times_are_in_utc() -> None:
    message = upload_pb2.Video(id=str(UUID(int=1)), status="queued", created_at=CREATED)
    assert read_video(message).created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
