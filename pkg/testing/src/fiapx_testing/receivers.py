"""A receiver of webhooks: a real HTTP or HTTPS server that keeps what it gets and answers as it is told."""

import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes
    at: float
    """`time.monotonic()`."""


@dataclass(frozen=True)
class Reply:
    """How one request is answered."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    after_s: float = 0.0
    drip_s: float = 0.0
    """Between two bytes of the body."""


class Receiver:
    """Answers with `replies` in turn, then with `reply`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[Received] = []
        self.replies: deque[Reply] = deque()
        self.reply = Reply()
        self.closing = threading.Event()
        """Ends all waiting."""

    def take(self, request: Received) -> Reply:
        """Keeps a request; how it is to be answered."""
        self.received.append(request)
        return self.replies.popleft() if self.replies else self.reply


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves early is none of ours."""


@contextmanager
def receiving(certificate: Path | None = None) -> Iterator[Receiver]:
    """Runs one on a free port of 127.0.0.1; with a certificate (PEM, its key beside it as `.key`) for https."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.take(Received(self.path, headers, body, time.monotonic()))
            receiver.closing.wait(reply.after_s)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for place in range(len(reply.body)) if reply.drip_s else ():
                self.wfile.write(reply.body[place : place + 1])
                receiver.closing.wait(reply.drip_s)
            if not reply.drip_s:
                self.wfile.write(reply.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
            """Nobody reads it."""

    server = _Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    scheme = "http" if certificate is None else "https"
    receiver = Receiver(f"{scheme}://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
