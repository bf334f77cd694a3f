"""Logs on their way: a real shipper (rsyslog) and the bulk endpoint that it writes to."""

import http.client
import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fiapx_testing.ending import ended
from fiapx_testing.waiting import PATIENCE_S

Document = Mapping[str, object]

_POLL_S = 0.2
_STOP_S = 10
_CONFIG = """
global(workDirectory="{folder}" maxMessageSize="1m")
module(load="imfile")
module(load="omelasticsearch")
template(name="line" type="string" string="%msg%")
{inputs}
if $msg startswith "{{" then action(type="omelasticsearch" server="127.0.0.1" serverport="{port}" template="line"
  searchIndex="logs-fiapx-default" searchType="_doc" bulkmode="on" errorFile="{folder}/refused")
"""


class BulkEndpoint:
    """As much of Elasticsearch as a shipper sees: it takes documents by the bulk API, and keeps them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._documents: list[Document] = []

    def take(self, body: bytes) -> int:
        """Bulk API: a line that says what to do, a line that is the document. Answers how many."""
        lines = [line for line in body.decode().split("\n") if line.strip()]
        taken = [json.loads(line) for line in lines[1::2]]
        with self._lock:
            self._documents += taken
        return len(taken)

    def documents(self) -> list[Document]:
        with self._lock:
            return list(self._documents)

    def wait_for(self, count: int, *, within_s: float = PATIENCE_S) -> list[Document]:
        """All documents, once there are that many.

        Raises:
            AssertionError: fewer came in time.
        """
        deadline = time.monotonic() + within_s
        while len(found := self.documents()) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} documents came within {within_s} s"
            time.sleep(_POLL_S)
        return found


@contextmanager
def bulk_endpoint() -> Iterator[tuple[BulkEndpoint, int]]:
    """The endpoint, and the port of this machine that it listens on."""
    endpoint = BulkEndpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(b"")

        def do_GET(self) -> None:
            self._answer(b"{}")

        def do_POST(self) -> None:
            count = endpoint.take(self.rfile.read(int(self.headers["Content-Length"])))
            items = [{"index": {"status": http.client.CREATED}}] * count
            self._answer(json.dumps({"took": 1, "errors": False, "items": items}).encode())

        def log_message(self, *_told: object) -> None:
            """Nobody reads it."""

        def _answer(self, body: bytes) -> None:
            self.send_response(http.client.OK)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, name="bulk endpoint")
        serving.start()
        try:
            yield endpoint, server.server_address[1]
        finally:
            server.shutdown()
            serving.join()


@contextmanager
def shipping(files: Sequence[Path], port: int, folder: Path) -> Iterator[None]:
    """rsyslog, which sends each line of `files` that is JSON to the bulk endpoint on `port`."""
    config = folder / "rsyslog.conf"
    inputs = "\n".join(f'input(type="imfile" file="{file}" tag="fiapx")' for file in files)
    config.write_text(_CONFIG.format(folder=folder, port=port, inputs=inputs))
    command = ["rsyslogd", "-n", "-f", str(config), "-i", str(folder / "pid")]
    with (folder / "told").open("wb") as told:
        shipper = subprocess.Popen(command, stdout=told, stderr=told)
    with ended(shipper, within_s=_STOP_S):
        yield
