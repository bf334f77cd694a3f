"""Small questions that tell whether a server answers."""

import http.client
import socket
from base64 import b64encode
from contextlib import closing

TIMEOUT_S = 2.0


def http_status(host: str, port: int, path: str, login: tuple[str, str] | None = None) -> int:
    """The status of a GET, 0 when nothing answers in time."""
    headers = {"Authorization": f"Basic {b64encode(':'.join(login).encode()).decode()}"} if login else {}
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    with closing(connection):
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


def first_bytes(host: str, port: int, greeting: bytes, size: int) -> bytes:
    """What a TCP server answers to a greeting, empty when nothing answers in time."""
    try:
        with socket.create_connection((host, port), TIMEOUT_S) as connection:
            connection.settimeout(TIMEOUT_S)
            connection.sendall(greeting)
            return connection.recv(size)
    except OSError:
        return b""


def accepts(host: str, port: int) -> bool:
    """Whether something listens on a port."""
    try:
        with socket.create_connection((host, port), TIMEOUT_S):
            return True
    except OSError:
        return False
