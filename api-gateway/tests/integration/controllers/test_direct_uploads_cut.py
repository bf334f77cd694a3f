"""An upload in parts over a line that is cut again and again: it goes on where the store says that it was."""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from fiapx_testing.object_stores import StoreSettings
from fiapx_testing.proxies import TcpProxy, tcp_proxy
from fiapx_testing.waiting import PATIENCE_S, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANCE = random.Random(20)
CUTS, PARTS = 20, 6
PART_BYTES = 8 << 20
"""UPLOAD_DIRECT__PART_BYTES, if nobody says otherwise."""
FILE = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + CHANCE.randbytes((PARTS - 1) * PART_BYTES + 1_000_000)
CHUNK_BYTES = 64 << 10
BETWEEN, UNANSWERED = 0.0, 1.0
"""Cut before the first byte of a part, and when the store has all of it and nobody was told."""


def cut_points() -> dict[int, list[float]]:
    """Part number → how much of it is sent at each of its cuts."""
    points: dict[int, list[float]] = {number: [BETWEEN] * (number % 2) for number in range(1, PARTS + 1)}
    for _ in range(CUTS - PARTS):
        points[CHANCE.randint(1, PARTS)].append(CHANCE.random())
    return {number: shares + [UNANSWERED] * (number % 2 == 0) for number, shares in points.items()}


@dataclass
class Line:
    """The way to the store; the store itself stands behind a proxy."""

    store: httpx.AsyncClient
    proxy: TcpProxy
    sends: Counter[int] = field(default_factory=Counter)
    """How often a part was sent, or some of it."""

    async def send(self, number: int, url: str, part: bytes, share: float | None = None) -> None:
        """A part; where `share` says so, the line is cut at this share of it."""
        if share is None:
            await self._put(number, url, part)
        elif share == BETWEEN:
            self.proxy.reset()
        else:
            with pytest.raises(httpx.TransportError):
                await self._put(number, url, part, cut_at=int(share * len(part)))

    async def send_unanswered(self, number: int, url: str, part: bytes, stored: Callable[[], Awaitable[bool]]) -> None:
        """A part; the line is cut when `stored` says that the store has it, and before the client is told so."""
        self.proxy.withhold()
        sending = asyncio.create_task(self._put(number, url, part))
        await until(stored)
        self.proxy.reset()
        with pytest.raises(httpx.TransportError):
            await sending
        self.proxy.forward()

    async def _put(self, number: int, url: str, part: bytes, cut_at: int | None = None) -> None:
        server = urlsplit(url).netloc  # its name is signed
        headers = {"Host": server, "Content-Length": str(len(part))}
        self.sends[number] += 1
        there = url.replace(server, self.proxy.address, 1)
        answer = await self.store.put(there, content=self._pieces(part, cut_at), headers=headers)
        answer.raise_for_status()

    async def _pieces(self, part: bytes, cut_at: int | None) -> AsyncIterator[bytes]:
        for start in range(0, len(part), CHUNK_BYTES):
            if cut_at is not None and start <= cut_at < start + CHUNK_BYTES:
                self.proxy.reset()
            yield part[start : start + CHUNK_BYTES]


@pytest_asyncio.fixture(loop_scope="session")
async def line(backends: Any) -> AsyncIterator[Line]:
    host, port = backends.store.endpoint.split(":")
    async with tcp_proxy(host, int(port)) as proxy, httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as store:
        yield Line(store, proxy)


@dataclass
class Upload:
    """One upload of the file, as its client sees it."""

    http: httpx.AsyncClient
    id: str

    async def missing(self) -> list[int]:
        """The parts that the store does not have."""
        state = (await self.http.get(f"/uploads/{self.id}")).raise_for_status().json()
        return sorted(set(range(1, PARTS + 1)) - {part["part_number"] for part in state["parts"]})

    async def has(self, number: int) -> bool:
        return number not in await self.missing()

    async def address_of(self, number: int) -> str:
        signed = await self.http.post(f"/uploads/{self.id}/parts", json={"part_numbers": [number]})
        return str(signed.raise_for_status().json()["parts"][0]["url"])

    async def complete(self) -> dict[str, Any]:
        video: dict[str, Any] = (await self.http.post(f"/uploads/{self.id}/complete")).raise_for_status().json()
        return video


async def test_an_upload_cut_at_twenty_points_sends_at_most_a_part_again_for_each(
    user: Any, backends: Any, line: Line
) -> None:
    begun = await user.http.post("/uploads", json={"filename": "clip.mp4", "size_bytes": len(FILE)})
    assert (begun.json()["part_size_bytes"], begun.json()["part_count"]) == (PART_BYTES, PARTS)
    upload = Upload(user.http, begun.json()["id"])
    cuts, points = 0, cut_points()
    while missing := await upload.missing():
        number = missing[0]
        url, part = await upload.address_of(number), FILE[(number - 1) * PART_BYTES : number * PART_BYTES]
        share = points[number].pop(0) if points[number] else None
        if share == UNANSWERED:
            await line.send_unanswered(number, url, part, partial(upload.has, number))
        else:
            await line.send(number, url, part, share)
        cuts += share is not None
        assert sum(line.sends.values()) <= len(line.sends) + cuts, "more than one part again for a cut"
    assert cuts == CUTS
    video = await upload.complete()
    stored = await asyncio.to_thread(_stored, backends.store, f"sources/{video['id']}")
    assert hashlib.sha256(stored).hexdigest() == hashlib.sha256(FILE).hexdigest()


def _stored(store: StoreSettings, key: str) -> bytes:
    answer = store.client().get_object(store.bucket, key)
    try:
        return bytes(answer.read())
    finally:
        answer.close()
        answer.release_conn()
