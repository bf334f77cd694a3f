import socket
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from fiapx_testing.promises.probing import NO_ANSWER, Answer, Door, Task, answer_of, balanced, by_turns, probed, told_of

PROBLEM = {"Content-Type": "application/problem+json"}


def answered(status: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer_of("list", httpx.Response(status, headers=named), 0.1)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_success_is_lawful(status: int) -> None:
    assert answered(status).is_lawful


def test_unavailable_is_lawful_only_with_the_time_to_come_again() -> None:
    assert answered(503, Retry_After="3").is_lawful
    assert not answered(503).is_lawful


@pytest.mark.parametrize("status", [302, 401, 404, 429, 500, 502, 504])
def test_no_other_answer_is_lawful_even_with_the_time_to_come_again(status: int) -> None:
    assert not answered(status, Retry_After="3").is_lawful


def test_no_answer_is_not_lawful() -> None:
    assert not Answer("list", 60.0, NO_ANSWER, "ReadTimeout").is_lawful


def test_what_came_is_told_by_call_status_and_code_the_most_frequent_first() -> None:
    problem = httpx.Response(500, headers=PROBLEM, json={"code": "internal"})
    lost = Answer("list", 60.0, NO_ANSWER, "ReadTimeout")

    told = told_of([lost, answer_of("upload", problem, 0.2), answer_of("upload", problem, 0.2)])

    assert told == "2 x upload 500 internal, 1 x list ReadTimeout"


class Greeter(BaseHTTPRequestHandler):
    """Answers 200, and /broken not at all."""

    def do_GET(self) -> None:
        if self.path == "/broken":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
        """Keeps still."""


@pytest.fixture
def open_door() -> Iterator[Door]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Greeter) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield door_to(server.server_port)
        server.shutdown()


@pytest.fixture
def shut_door() -> Iterator[Door]:
    """A port on which nobody listens while the test runs."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield door_to(holder.getsockname()[1])


def door_to(port: int) -> Door:
    return partial(httpx.Client, base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False)


def get(path: str, door: httpx.Client) -> httpx.Response:
    return door.get(path)


def test_a_balancer_goes_past_a_door_that_refuses(open_door: Door, shut_door: Door) -> None:
    ask = balanced([shut_door, open_door], "list", partial(get, "/"))

    assert [ask().status for _ in range(4)] == [200] * 4


def test_a_balancer_does_not_ask_again_what_was_asked_and_not_answered(open_door: Door) -> None:
    asked = []

    def break_off(door: httpx.Client) -> httpx.Response:
        asked.append("/broken")
        return door.get("/broken")

    answer = balanced([open_door, open_door], "list", break_off)()

    assert (answer.status, answer.told, len(asked)) == (NO_ANSWER, "RemoteProtocolError", 1)


def test_a_balancer_whose_doors_all_refuse_has_no_answer(shut_door: Door) -> None:
    answer = balanced([shut_door, shut_door], "list", partial(get, "/"))()

    assert (answer.status, answer.told) == (NO_ANSWER, "ConnectError")


def test_by_turns_a_door_that_refuses_is_seen(open_door: Door, shut_door: Door) -> None:
    ask = by_turns([shut_door, open_door], "list", partial(get, "/"))

    assert [ask().status for _ in range(4)] == [NO_ANSWER, 200, NO_ANSWER, 200]


def test_every_task_is_done_again_and_again_until_the_end(open_door: Door) -> None:
    tasks = [Task(by_turns([open_door], name, partial(get, "/")), 0.0) for name in ("list", "video")]

    with probed(tasks) as answers:
        while {one.call for one in answers[-100:]} != {"list", "video"} or len(answers) < 10:
            time.sleep(0.01)

    assert {one.status for one in answers} == {200}
