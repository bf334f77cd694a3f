"""Uploads on the wire: who waits for whom, what a refused client sees, what is kept in memory."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from fiapx_testing.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOUNDARY = "x-boundary-x"
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
FILE_HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="video"; filename="clip.mp4"\r\n\r\n'.encode()
FORM_END = f"\r\n--{BOUNDARY}--\r\n".encode()
MEBIBYTE = bytes(1024 * 1024)


@dataclass
class Wire:
    """A connection that says exactly what a test wants."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    token: str

    def ask(self, **headers: str) -> None:
        lines = {
            "Host": "gateway",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.writer.write(f"POST /api/v1/videos HTTP/1.1\r\n{head}\r\n".encode())

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def send_for_ever(self, data: bytes, within_s: float = PATIENCE_S) -> None:
        """The same again and again, until the gateway has enough of it."""
        async with asyncio.timeout(within_s):
            while True:
                await self.send(data)

    async def status(self, within_s: float = PATIENCE_S) -> int:
        """Of the next answer; its headers are skipped."""
        return int((await self.head(within_s)).split(b" ")[1])

    async def head(self, within_s: float = PATIENCE_S) -> bytes:
        """Status and headers of the next answer."""
        async with asyncio.timeout(within_s):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def rest(self, within_s: float = PATIENCE_S) -> bytes:
        """Until the gateway closes."""
        async with asyncio.timeout(within_s):
            return await self.reader.read()


@pytest.fixture
def connect(door: Any, anyone: Any) -> Any:
    """Opens connections for `async with`, by default to the whole gateway as anyone."""

    @asynccontextmanager
    async def open_wire(gateway: Any = door, token: str = anyone.tokens["access_token"]) -> AsyncIterator[Wire]:
        reader, writer = await asyncio.open_connection(*gateway.address.split(":"))
        try:
            yield Wire(reader, writer, token)
        finally:
            writer.transport.abort()

    return open_wire


async def test_a_client_that_waits_for_a_word_gets_it_and_then_sends(connect: Any) -> None:
    async with connect() as wire:
        wire.ask(Content_Length=str(len(FILE_HEAD + MP4 + FORM_END)), Expect="100-continue")
        assert await wire.status() == 100
        await wire.send(FILE_HEAD + MP4 + FORM_END)
        assert await wire.status() == 202


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Content_Type": "video/mp4"}, 415),
        ({"Content_Type": "multipart/form-data"}, 422),
        ({"Content_Length": str(21 * 1024**3)}, 413),
    ],
    ids=["token", "kind", "boundary", "size"],
)
async def test_what_the_headers_show_to_be_wrong_is_refused_before_the_body_is_asked_for(
    connect: Any, headers: dict[str, str], status: int
) -> None:
    async with connect() as wire:
        wire.ask(**{"Content_Length": "1000000", "Expect": "100-continue"} | headers)
        assert await wire.status() == status
        assert b"application/problem+json" not in await wire.rest()


async def test_too_many_requests_are_refused_before_the_body_is_asked_for(
    connect: Any, open_door: Any, whole: Any, anyone: Any
) -> None:
    none_left = whole.rates.model_copy(update={"api_per_minute": 1})
    gateway = await open_door(whole.model_copy(update={"rates": none_left}))
    async with gateway.client(anyone.tokens["access_token"]) as client:
        await client.get("/me")
    async with connect(gateway) as wire:
        wire.ask(Content_Length="1000000", Expect="100-continue")
        assert await wire.status() == 429


@pytest.mark.parametrize(
    ("limits", "who", "status"),
    [
        ({"at_once": 1}, "anyone", 503),
        ({"at_once": 1}, "user", 503),
        ({"at_once": 1}, "nobody", 503),
        ({"of_one_user": 1}, "anyone", 503),
        ({"of_one_user": 1}, "user", 100),
    ],
    ids=[
        "no place, same user",
        "no place, another user",
        "no place, nobody",
        "none of the user's own",
        "another user's place",
    ],
)
async def test_an_upload_for_which_the_gateway_has_no_place_is_refused_before_the_body_is_asked_for(
    *, connect: Any, open_door: Any, whole: Any, anyone: Any, user: Any, limits: dict[str, int], who: str, status: int
) -> None:
    gateway = await open_door(whole.model_copy(update={"upload": whole.upload.model_copy(update=limits)}))
    expecting = {"Content_Length": str(len(FILE_HEAD + MP4 + FORM_END)), "Expect": "100-continue"}
    token = {"anyone": anyone, "user": user}[who].tokens["access_token"] if who != "nobody" else "none"
    async with connect(gateway) as first:
        first.ask(**expecting)
        assert await first.status() == 100
        async with connect(gateway, token) as second:
            second.ask(**expecting)
            answer = await second.head()
        assert int(answer.split(b" ")[1]) == status
        assert (b"retry-after: 5" in answer.lower()) is (status == 503)
        await first.send(FILE_HEAD + MP4 + FORM_END)
        assert await first.status() == 202
    async with connect(gateway) as third:
        third.ask(**expecting)
        assert await third.status() == 100, "the place is free again"


@pytest.mark.parametrize(
    ("beginning", "status"),
    [(FILE_HEAD + b"plain text " * 1000, 415), (b"--no-boundary-of-ours", 422)],
    ids=["upload-service's refusal", "the gateway's refusal"],
)
async def test_a_refused_client_that_goes_on_sending_sees_the_answer(
    connect: Any, beginning: bytes, status: int
) -> None:
    async with connect() as wire:
        wire.ask(Content_Length=str(40 * len(MEBIBYTE)))
        await wire.send(beginning)
        for _ in range(12):
            await wire.send(MEBIBYTE)
            await asyncio.sleep(0.01)
        assert await wire.status() == status


async def test_a_refused_client_that_never_stops_is_cut_off(connect: Any) -> None:
    async with connect() as wire:
        wire.ask(Transfer_Encoding="chunked")
        await wire.send(b"5\r\nwrong\r\n")
        assert await wire.status() == 422
        with pytest.raises(ConnectionError):
            await wire.send_for_ever(b"100000\r\n" + MEBIBYTE + b"\r\n")


async def test_a_client_that_sends_nothing_for_too_long_is_told(connect: Any, open_door: Any, whole: Any) -> None:
    impatient = whole.upload.model_copy(update={"client_idle_s": 0.5})
    gateway = await open_door(whole.model_copy(update={"upload": impatient}))
    async with connect(gateway) as wire:
        wire.ask(Content_Length="1000000")
        await wire.send(FILE_HEAD + MP4)
        assert await wire.status() == 408


async def test_of_an_upload_that_its_client_leaves_nothing_is_kept(connect: Any, user: Any, backends: Any) -> None:
    before = await asyncio.to_thread(backends.store.object_names)
    async with connect(token=user.tokens["access_token"]) as wire:
        wire.ask(Content_Length=str(100 * len(MEBIBYTE)))
        await wire.send(FILE_HEAD + MP4)
        for _ in range(20):
            await wire.send(MEBIBYTE)
    await asyncio.sleep(1)
    assert (await user.http.get("/videos")).json()["items"] == []
    assert await asyncio.to_thread(backends.store.object_names) <= before


async def test_a_file_above_the_limit_is_refused_when_the_limit_is_passed(
    connect: Any, open_door: Any, whole: Any
) -> None:
    small = whole.upload.model_copy(update={"max_file_bytes": 3 * len(MEBIBYTE)})
    gateway = await open_door(whole.model_copy(update={"upload": small}))
    async with connect(gateway) as wire:
        wire.ask(Transfer_Encoding="chunked")
        await wire.send(f"{len(FILE_HEAD + MP4):x}\r\n".encode() + FILE_HEAD + MP4 + b"\r\n")
        for _ in range(3):
            await wire.send(b"100000\r\n" + MEBIBYTE + b"\r\n")
        assert await wire.status() == 413


async def test_an_upload_takes_no_more_memory_for_being_large(connect: Any) -> None:
    mebibytes = 200
    async with connect() as wire:
        wire.ask(Content_Length=str(len(FILE_HEAD + MP4 + FORM_END) + mebibytes * len(MEBIBYTE)))
        await wire.send(FILE_HEAD + MP4)
        for _ in range(20):
            await wire.send(MEBIBYTE)
        before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(mebibytes - 20):
            await wire.send(MEBIBYTE)
        await wire.send(FORM_END)
        assert await wire.status() == 202
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    assert grown_kib < 60 * 1024
