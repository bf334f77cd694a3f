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
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    etag: str | None = None
    waits = backoff(retry_for_s)
    with httpx.Client(timeout=timeout_s) as store:
        while True:
            have_bytes = part.stat().st_size if part.exists() else 0
            try:
                etag, size_bytes = _fetch(store, link(), part, etag, on_progress)
                break
            except httpx.TransportError as error:
                if part.exists() and part.stat().st_size > have_bytes:
                    waits = backoff(retry_for_s)
                wait_s = next(waits, None)
                if wait_s is None:
                    raise Unreachable(f"The store broke off: {error!r}") from error
                time.sleep(wait_s)
    arrived_bytes = part.stat().st_size
    if arrived_bytes != size_bytes:
        raise TransferBroken(f"{arrived_bytes} bytes arrived of {size_bytes}.")
    part.replace(path)
    return size_bytes


def _fetch(
    store: httpx.Client, url: str, part: Path, etag: str | None, on_progress: Progress | None
) -> tuple[str | None, int]:
    have_bytes = part.stat().st_size if etag and part.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if have_bytes and etag:
        headers |= {"Range": f"bytes={have_bytes}-", "If-Range": etag}
    with store.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()
            raise httpx.RemoteProtocolError("The archive changed meanwhile.")
        if not response.is_success:
            response.read()
            raise problem_of(response)
        start_bytes, size_bytes = read_extent(response)
        with part.open("r+b" if start_bytes else "wb") as file:
            file.seek(start_bytes)
            file.truncate()
            for chunk in response.iter_raw(_CHUNK_BYTES):
                file.write(chunk)
                if on_progress is not None:
                    on_progress(file.tell(), size_bytes)
        return response.headers.get("etag"), size_bytes


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
