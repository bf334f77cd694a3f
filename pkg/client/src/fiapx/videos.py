"""The library of videos."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from fiapx_models.statuses import VideoStatus

from fiapx.downloading import download
from fiapx.errors import WaitTimedOut
from fiapx.multipart import Progress, frame_form, stream_form
from fiapx.results import Frame, Manifest, Page, Video
from fiapx.sending import Sender

_PAGE: Final = 200
_LOOK_FIRST_S: Final = 0.1
_LOOK_LAST_S: Final = 2.0


class Videos:
    """Every call may raise `ProblemError` and `Unreachable`."""

    def __init__(self, sender: Sender, timeout_s: float, retry_for_s: float) -> None:
        self._sender = sender
        self._timeout_s = timeout_s
        self._retry_for_s = retry_for_s

    def upload(
        self,
        path: str | Path,
        options: Mapping[str, Any] | str | None = None,
        *,
        external_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        tags: Sequence[str] = (),
        filename: str | None = None,
        content_type: str = "application/octet-stream",
        idempotency_key: str | None = None,
        on_progress: Progress | None = None,
    ) -> Video:
        """Streams a file from disk; the answer is the queued video. Sent again when it breaks off, it makes no second.

        Args:
            path: of the file.
            options: which frames and how (the README lists them): a mapping, JSON text, or the preset
                "legacy"; None: the defaults.
            external_id: the caller's own name for it.
            metadata: any JSON object up to 4 kB, kept with it.
            tags: words to find it by.
            filename: its name on the platform, by default the file's.
            content_type: its media type; the platform judges by content.
            idempotency_key: the upload's own name, by which a later call, of another process too, is known for the
                same upload within 24 hours; by default a new one for each call.
            on_progress: called with bytes sent and bytes in all.
        """
        path = Path(path)
        fields = [(name, _json(value)) for name, value in (("options", options), ("metadata", metadata)) if value]
        if external_id is not None:
            fields.append(("external_id", external_id))
        if tags:
            fields.append(("tags", json.dumps(list(tags))))
        form = frame_form(fields, "video", filename or path.name, content_type)
        with path.open("rb") as file:
            size_bytes = path.stat().st_size

            def body() -> dict[str, Any]:
                file.seek(0)
                return {"content": stream_form(form, file, size_bytes, on_progress)}

            headers = {
                "Content-Type": form.content_type,
                "Content-Length": str(form.length(size_bytes)),
            }
            key = idempotency_key or str(uuid4())
            answer = self._sender.request("POST", "/videos", body=body, headers=headers, idempotency_key=key)
        return Video.model_validate_json(answer.content)

    def get(self, video_id: UUID | str) -> Video:
        """One video."""
        return Video.model_validate_json(self._sender.request("GET", f"/videos/{video_id}").content)

    def list(
        self,
        *,
        status: VideoStatus | str | None = None,
        query: str | None = None,
        tag: str | None = None,
        external_id: str | None = None,
        page_size: int = 50,
    ) -> Iterator[Video]:
        """All videos that match, newest first, fetched page by page."""
        wanted = {"status": status, "q": query, "tag": tag, "external_id": external_id}
        given = {name: str(value) for name, value in wanted.items() if value is not None}
        return (Video.model_validate(item) for item in self._pages("/videos", page_size, given))

    def wait(
        self,
        video_id: UUID | str,
        timeout_s: float = 3600.0,
        on_progress: Callable[[Video], None] | None = None,
    ) -> Video:
        """Looks until the video is completed, failed or cancelled, and returns it.

        Raises:
            WaitTimedOut: not within `timeout_s`.
        """
        until = time.monotonic() + timeout_s
        look_s = _LOOK_FIRST_S
        while True:
            video = self.get(video_id)
            if on_progress is not None:
                on_progress(video)
            if video.finished:
                return video
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise WaitTimedOut(f"{video.filename} is still {video.status} after {timeout_s:g} s.")
            time.sleep(min(look_s, left_s))
            look_s = min(look_s * 1.25, _LOOK_LAST_S)

    def frames(self, video_id: UUID | str) -> Iterator[Frame]:
        """The frames of a completed video in time order, fetched page by page."""
        return (Frame.model_validate(item) for item in self._pages(f"/videos/{video_id}/frames", _PAGE, {}))

    def manifest(self, video_id: UUID | str) -> Manifest:
        """The whole index of a completed video."""
        return Manifest.model_validate_json(self._sender.request("GET", f"/videos/{video_id}/manifest.json").content)

    def image(self, video_id: UUID | str, index: int) -> bytes:
        """One frame's bytes; `index` from 1."""
        return self._sender.request("GET", f"/videos/{video_id}/frames/{index}").content

    def archive_url(self, video_id: UUID | str) -> str:
        """Where a completed video's archive may be fetched for some minutes, without credentials."""
        return self._sender.request("GET", f"/videos/{video_id}/frames.zip").headers["location"]

    def download(self, video_id: UUID | str, path: str | Path, on_progress: Progress | None = None) -> Path:
        """Fetches the archive to `path`, which appears only when it is whole; resumes when cut off.

        Raises:
            TransferBroken: fewer or more bytes than announced.
        """
        path = Path(path)
        download(lambda: self.archive_url(video_id), path, self._timeout_s, self._retry_for_s, on_progress)
        return path

    def cancel(self, video_id: UUID | str) -> Video:
        """Stops the work on it."""
        return Video.model_validate_json(self._sender.request("POST", f"/videos/{video_id}/cancel").content)

    def retry(self, video_id: UUID | str) -> Video:
        """Begins a new attempt of a failed or cancelled video."""
        return Video.model_validate_json(self._sender.request("POST", f"/videos/{video_id}/retry").content)

    def reprocess(
        self,
        video_id: UUID | str,
        options: Mapping[str, Any] | str | None,
        *,
        idempotency_key: str | None = None,
    ) -> Video:
        """Begins a new attempt with these options, as in `upload`, on the file that the platform still keeps.

        The video must have ended; the frames of the attempt before can no longer be had. `idempotency_key` as in
        `upload`.
        """
        given = {"options": None if options is None else json.loads(_json(options))}
        answer = self._sender.request(
            "POST",
            f"/videos/{video_id}/reprocess",
            body=lambda: {"json": given},
            idempotency_key=idempotency_key or str(uuid4()),
        )
        return Video.model_validate_json(answer.content)

    def delete(self, video_id: UUID | str) -> None:
        """Removes it with everything made of it."""
        self._sender.request("DELETE", f"/videos/{video_id}")

    def _pages(self, path: str, page_size: int, given: dict[str, str]) -> Iterator[dict[str, Any]]:
        cursor: dict[str, str] = {}
        while True:
            answer = self._sender.request("GET", path, params={"limit": str(page_size), **given, **cursor})
            page = Page.model_validate_json(answer.content)
            yield from page.items
            if page.next_cursor is None:
                return
            cursor = {"cursor": page.next_cursor}


def _json(value: Mapping[str, Any] | str) -> str:
    if isinstance(value, str):
        # a preset's bare name is text, everything else is JSON already
        return value if value.lstrip().startswith(("{", '"')) else json.dumps(value)
    return json.dumps(value)
