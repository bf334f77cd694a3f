"""A client that sends its files to the store by itself, and what processing would tell."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from fiapx_common.grpc.client import answered_by
from fiapx_models.events import (
    Event,
    VideoEvent,
    VideoFailed,
    VideoProcessed,
    VideoProcessingStarted,
    VideoProgressed,
)
from fiapx_models.media import Failure, Media, Warned
from fiapx_proto.upload.v1 import upload_pb2

if TYPE_CHECKING:
    from fiapx_proto.upload.v1 import upload_pb2_grpc


class DirectClient:
    """The calls about direct uploads, in one user's name; raises our error tree."""

    def __init__(self, stub: "upload_pb2_grpc.UploadServiceAsyncStub", user_id: UUID) -> None:
        self._stub = stub
        self._user_id = str(user_id)

    async def create(self, size_bytes: int, **fields: Any) -> upload_pb2.Upload:
        request = upload_pb2.CreateUploadRequest(
            **{"user_id": self._user_id, "filename": "film.mkv", "size_bytes": size_bytes, **fields}
        )
        with answered_by("upload"):
            return await self._stub.CreateUpload(request)

    async def get(self, upload_id: str) -> upload_pb2.Upload:
        with answered_by("upload"):
            return await self._stub.GetUpload(upload_pb2.GetUploadRequest(user_id=self._user_id, upload_id=upload_id))

    async def sign(self, upload_id: str, *numbers: int) -> list[upload_pb2.SignedPart]:
        request = upload_pb2.SignPartsRequest(user_id=self._user_id, upload_id=upload_id, part_numbers=numbers)
        with answered_by("upload"):
            return list((await self._stub.SignParts(request)).parts)

    async def put(self, upload: upload_pb2.Upload, body: bytes, *numbers: int) -> list[upload_pb2.UploadedPart]:
        """Sends parts of a file to the store as a browser would: all of them, or those of the numbers."""
        signed = await self.sign(upload.id, *(numbers or range(1, upload.part_count + 1)))
        sent = []
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            for part in signed:
                start = (part.part_number - 1) * upload.part_size_bytes
                answer = await client.put(part.url, content=body[start : start + upload.part_size_bytes])
                answer.raise_for_status()
                sent.append(upload_pb2.UploadedPart(part_number=part.part_number, etag=answer.headers["ETag"]))
        return sent

    async def complete(self, upload_id: str, parts: Sequence[upload_pb2.UploadedPart] = ()) -> upload_pb2.Video:
        request = upload_pb2.CompleteUploadRequest(user_id=self._user_id, upload_id=upload_id, parts=parts)
        with answered_by("upload"):
            return await self._stub.CompleteUpload(request)

    async def abort(self, upload_id: str) -> None:
        with answered_by("upload"):
            await self._stub.AbortUpload(upload_pb2.AbortUploadRequest(user_id=self._user_id, upload_id=upload_id))

    async def send(self, body: bytes, **fields: Any) -> upload_pb2.Upload:
        """Begins an upload and sends all its parts."""
        upload = await self.create(len(body), **fields)
        await self.put(upload, body)
        return upload


@pytest.fixture
def direct_client() -> Callable[["upload_pb2_grpc.UploadServiceAsyncStub", UUID], DirectClient]:
    """Clients of any service, in any user's name."""
    return DirectClient


@pytest.fixture
def direct(stub: "upload_pb2_grpc.UploadServiceAsyncStub", user_id: UUID) -> DirectClient:
    """The user's client of the test's service."""
    return DirectClient(stub, user_id)


_MEDIA = Media(duration_s=2.0, width=320, height=180, fps=30.0, codec="h264")
_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_TOLD: dict[type[VideoEvent], dict[str, Any]] = {
    VideoProcessingStarted: {"media": _MEDIA, "frames_expected": 2, "started_at": _NOW},
    VideoProgressed: {"progress": 0.5, "frames_done": 1},
    VideoProcessed: {
        "filename": "film.mp4",
        "media": _MEDIA,
        "frame_count": 2,
        "archive_key": "results/x/1/frames.zip",
        "archive_bytes": 4096,
        "manifest_key": "results/x/1/manifest.json",
        "warnings": [Warned(code="short", message="It is short.")],
        "finished_at": _NOW,
    },
    VideoFailed: {
        "filename": "film.mp4",
        "error": Failure(code="no_video", message="There is no picture in it.", hint="Send a film."),
        "finished_at": _NOW,
    },
}


@pytest.fixture
def outcome() -> Callable[..., Event]:
    """What processing would tell of a video: `outcome(VideoFailed, video)`, fields by name where they matter."""

    def make(kind: type[VideoEvent], video: upload_pb2.Video, **fields: Any) -> Event:
        about = {"video_id": video.id, "user_id": video.user_id, "attempt": video.attempt}
        return kind.model_validate({**about, **_TOLD[kind], **fields})

    return make
