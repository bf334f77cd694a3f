"""Uploads one small file again and again, and tells what came of it: `python -m … < order > result`, both JSON.

Each client waits for the gateway's word before it sends the body (`Expect: 100-continue`, RFC 9110, 10.1.1).
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Final

_BOUNDARY: Final = "x-boundary-x"
_LIMIT_S: Final = 60.0
NO_ANSWER: Final = 0


@dataclass(frozen=True)
class Order:
    """What shall be done."""

    gateways: Sequence[str]
    """host:port of each."""
    tokens: Sequence[str]
    """Of the users in whose turn it is uploaded."""
    file: str
    seconds: float
    clients: int = 0
    """So many at once, each one upload after the other; 0: as `per_s` says."""
    per_s: float = 0.0
    """Uploads that begin in a second, whether earlier ones have ended or not."""


@dataclass(frozen=True)
class Answer:
    """What one upload came to."""

    status: int
    """HTTP's, or NO_ANSWER."""
    began_s: float
    """After the first one's beginning."""
    took_s: float
    asked: bool
    """Whether the body was asked for."""
    retry_after: bool
    """Whether the header was there."""


class Uploader:
    """Takes gateways and users by turns."""

    def __init__(self, order: Order, body: bytes) -> None:
        self._turns: Iterator[tuple[str, str]] = zip(cycle(order.gateways), _slowly(order.tokens, len(order.gateways)))
        self._order = order
        self._body = body
        self._began = time.monotonic()
        self.answers: list[Answer] = []

    async def carry_out(self) -> None:
        if self._order.clients:
            await asyncio.gather(*(self._one_after_the_other() for _ in range(self._order.clients)))
        else:
            await self._at_a_rate()

    async def _one_after_the_other(self) -> None:
        while time.monotonic() < self._began + self._order.seconds:
            await self._upload()

    async def _at_a_rate(self) -> None:
        async with asyncio.TaskGroup() as uploads:
            for number in range(int(self._order.seconds * self._order.per_s)):
                await asyncio.sleep(max(self._began + number / self._order.per_s - time.monotonic(), 0))
                uploads.create_task(self._upload())

    async def _upload(self) -> None:
        gateway, token = next(self._turns)
        began = time.monotonic()
        status, asked, retry_after = NO_ANSWER, False, False
        try:
            async with asyncio.timeout(_LIMIT_S):
                head, asked = await self._exchange(gateway, token)
            status, retry_after = int(head.split(b" ", 2)[1]), b"\r\nretry-after:" in head.lower()
        except (OSError, EOFError, TimeoutError):
            pass  # which is told: no answer
        took_s = time.monotonic() - began
        self.answers.append(Answer(status, began - self._began, took_s, asked, retry_after))

    async def _exchange(self, gateway: str, token: str) -> tuple[bytes, bool]:
        """The last answer's head, and whether the body was asked for before it."""
        host, _, port = gateway.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(self._head(token))
            head = await reader.readuntil(b"\r\n\r\n")
            if asked := head.startswith(b"HTTP/1.1 100"):
                writer.write(self._body)
                head = await reader.readuntil(b"\r\n\r\n")
            return head, asked
        finally:
            writer.transport.abort()

    def _head(self, token: str) -> bytes:
        lines = {
            "Host": "gateway",
            "Authorization": f"Bearer {token}",
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
            "Content-Length": str(len(self._body)),
            "Expect": "100-continue",
            "Connection": "close",
        }
        return (
            b"POST /api/v1/videos HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()).encode() + b"\r\n"
        )


def _slowly(tokens: Sequence[str], times: int) -> Iterator[str]:
    """Each so many times, so that every user comes to every gateway."""
    for number in count():
        yield tokens[number // times % len(tokens)]


def form(content: bytes) -> bytes:
    """The request's body."""
    disposition = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="video"; filename="clip.mp4"\r\n\r\n'
    return disposition.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()


def main() -> None:
    order = Order(**json.load(sys.stdin))
    uploader = Uploader(order, form(Path(order.file).read_bytes()))
    asyncio.run(uploader.carry_out())
    json.dump([asdict(answer) for answer in uploader.answers], sys.stdout)


if __name__ == "__main__":
    main()
