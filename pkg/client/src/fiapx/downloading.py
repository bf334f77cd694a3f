"""Archives to disk: streamed, resumed when cut off, in place only when whole."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from fiapx.errors import TransferBroken, Unreachable, problem_of
from fiapx.multipart import Progress
from fiapx.sending import backoff

_CHUNK_BYTES: Final = 1024 * 1024
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+)")


def download(
    link: Callable[[], str], path: Path, timeout_s: float, retry_for_s: float, on_progress: Progress | None
) -> int:
    """Fetches what `link` points to into `path` by way of `path.part`; returns its size in bytes.

    Args:
        link: gives a fresh URL for each try. No credentials are sent to it: it carries its own signature.
        path: replaced at the end, in one step.
        timeout_s: without a byte.
        retry_for_s: spent waiting between tries that brought nothing.
        on_progress: bytes on disk and bytes in all.

    Raises:
        TransferBroken: more or fewer bytes than were announced.
        ProblemError: the store refused.
        Unreachable: the store did not answer.
    """
    partial = _Partial(path.with_name(f"{path.name}.part"))
    waits = backoff(retry_for_s)
    with httpx.Client(timeout=timeout_s) as store:
        while True:
            had_bytes = partial.have_bytes
            try:
                partial.fetch(store, link(), on_progress)
                break
            except httpx.TransportError as error:
                if partial.have_bytes != had_bytes:
                    waits = backoff(retry_for_s)
                wait_s = next(waits, None)
                if wait_s is None:
                    raise Unreachable(f"The store broke off: {error!r}") from error
                time.sleep(wait_s)
    if partial.have_bytes != partial.size_bytes:
        raise TransferBroken(f"{partial.have_bytes} bytes arrived of {partial.size_bytes}.")
    partial.path.replace(path)
    return partial.size_bytes


class _Partial:
    """What is on disk so far, and of which version of the archive (its ETag)."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.path = path
        self.size_bytes = 0
        self._etag: str | None = None

    @property
    def have_bytes(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def fetch(self, store: httpx.Client, url: str, on_progress: Progress | None) -> None:
        """Asks for what is missing; takes the whole if the archive is another one now."""
        with store.stream("GET", url, headers=self._headers()) as response:
            if not response.is_success:
                response.read()
                raise problem_of(response)
            start_bytes, self.size_bytes = read_extent(response)
            etag = response.headers.get("etag")
            if start_bytes and etag != self._etag:  # not every store heeds If-Range
                self.path.unlink()
                raise httpx.RemoteProtocolError("The archive changed meanwhile.")
            self._etag = etag
            with self.path.open("r+b" if start_bytes else "wb") as file:
                file.seek(start_bytes)
                file.truncate()
                for chunk in response.iter_raw(_CHUNK_BYTES):
                    file.write(chunk)
                    if on_progress is not None:
                        on_progress(file.tell(), self.size_bytes)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity"}
        # all there, but the end of the answer was lost: nothing could be asked for, so it is fetched anew
        if self._etag and 0 < self.have_bytes < self.size_bytes:
            headers |= {"Range": f"bytes={self.have_bytes}-", "If-Range": self._etag}
        return headers


def read_extent(response: httpx.Response) -> tuple[int, int]:
    """Where an answer's bytes begin in the whole, and the whole's size.

    Raises:
        TransferBroken: the size isn't told, so nobody could say whether all arrived.
    """
    if response.status_code == httpx.codes.PARTIAL_CONTENT:
        told = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        if told:
            return int(told[1]), int(told[2])
    elif "content-length" in response.headers:
        return 0, int(response.headers["content-length"])
    raise TransferBroken("The store does not tell the archive's size.")
