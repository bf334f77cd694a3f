"""A large file through the gateway, and in parts past it, beside one plain PUT of the same file to the store."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
from fiapx_local.servers import ObjectStore
from fiapx_local.servers.object_store import ACCESS_KEY, BUCKET, REGION

from fiapx_testing.api_benchmarks.ground import Ground
from fiapx_testing.chaos.tails import with_tail
from fiapx_testing.clips import Clips
from fiapx_testing.figures import Figure
from fiapx_testing.object_stores import StoreSettings

_BYTES: Final = 256 << 20
_AT_ONCE: Final = 3
"""Parts, as the page sends them."""
_TIMEOUT_S: Final = 120.0
_LEAST_STREAMED_PERCENT: Final = 50
_LEAST_DIRECT_PERCENT: Final = 85
_PIECE_BYTES: Final = 1 << 20


def uploads(ground: Ground) -> Iterator[Figure]:
    """By turns; until the last answer has come."""
    file = ground.folder / "large.mp4"
    file.write_bytes(with_tail(Clips(ground.folder / "clips").counter(frames=30).path.read_bytes(), "mp4", _noise()))
    seconds: dict[Callable[[Ground, Path], None], list[float]] = {_put: [], _streamed: [], _in_parts: []}
    for _ in range(ground.runs):
        for way, taken in seconds.items():
            began = time.monotonic()
            way(ground, file)
            taken.append(time.monotonic() - began)
    file.unlink()
    for name, way, least in (
        ("upload through the gateway, of a plain PUT to the store", _streamed, _LEAST_STREAMED_PERCENT),
        ("upload in parts to the store, of a plain PUT", _in_parts, _LEAST_DIRECT_PERCENT),
    ):
        shares = [plain / taken for plain, taken in zip(seconds[_put], seconds[way], strict=True)]
        of = f"{_mb_per_s(seconds[way])} of {_mb_per_s(seconds[_put])}, {_BYTES >> 20} MiB"
        yield Figure(name, of, round(100 * median(shares), 1), "%", least, True)


def _put(ground: Ground, file: Path) -> None:
    store = ObjectStore(ground.platform.stack.settings)
    settings = StoreSettings(store.address, ACCESS_KEY, store.secret_key, REGION, BUCKET)
    url = settings.client().presigned_put_object(BUCKET, "plain-put")
    headers = {"Content-Length": str(file.stat().st_size)}
    httpx.put(
        url, content=_pieces(file, 0, file.stat().st_size), headers=headers, timeout=_TIMEOUT_S
    ).raise_for_status()


def _streamed(ground: Ground, file: Path) -> None:
    with file.open("rb") as source:
        files = {"video": (file.name, source, "video/mp4")}
        httpx.post(f"{ground.api}/videos", files=files, headers=_headers(ground), timeout=_TIMEOUT_S).raise_for_status()


def _in_parts(ground: Ground, file: Path) -> None:
    size = file.stat().st_size
    with httpx.Client(timeout=_TIMEOUT_S) as client:

        def ask(path: str, told: dict[str, Any]) -> Any:
            return (
                client.post(f"{ground.api}/uploads{path}", json=told, headers=_headers(ground))
                .raise_for_status()
                .json()
            )

        upload = ask("", {"filename": file.name, "size_bytes": size})
        part_bytes = upload["part_size_bytes"]

        def send(number: int) -> None:
            (part,) = ask(f"/{upload['id']}/parts", {"part_numbers": [number]})["parts"]
            start = (number - 1) * part_bytes
            length = min(part_bytes, size - start)
            headers = {"Content-Length": str(length)}
            client.put(part["url"], content=_pieces(file, start, length), headers=headers).raise_for_status()

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(send, range(1, upload["part_count"] + 1)):
                pass
        ask(f"/{upload['id']}/complete", {})


def _pieces(file: Path, start: int, length: int) -> Iterator[bytes]:
    with file.open("rb") as source:
        source.seek(start)
        while length and (piece := source.read(min(_PIECE_BYTES, length))):
            length -= len(piece)
            yield piece


def _noise() -> bytes:
    return os.urandom(_BYTES)


def _headers(ground: Ground) -> dict[str, str]:
    return {"Authorization": f"Bearer {ground.token}"}


def _mb_per_s(seconds: list[float]) -> str:
    return f"{_BYTES / 1e6 / median(seconds):.0f} MB/s"
