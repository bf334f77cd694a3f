"""Calls of the API, again and again while something happens to the platform, and how each was answered."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import cycle
from threading import Event
from typing import Final

import httpx

Call = Callable[[httpx.Client], httpx.Response]
"""One call of one kind; the client has the API's address, a token, and a time-out."""

Door = Callable[[], AbstractContextManager[httpx.Client]]
"""A client of one gateway, for one call."""

PATIENCE_S: Final = 60.0
"""Of the caller; no promise."""
NO_ANSWER: Final = 0
_REFUSED: Final = httpx.ConnectError.__name__


@dataclass(frozen=True)
class Answer:
    """Of one call."""

    call: str
    """Its kind."""
    took_s: float
    status: int
    """NO_ANSWER: none came."""
    told: str = ""
    """The problem's code, or why there was no answer."""
    retry_after: bool = False

    @property
    def is_success(self) -> bool:
        return httpx.codes.is_success(self.status)

    @property
    def is_lawful(self) -> bool:
        """While a server is away: done, or unavailable and when to come again."""
        return self.is_success or (self.status == httpx.codes.SERVICE_UNAVAILABLE and self.retry_after)


def answer_of(call: str, response: httpx.Response, took_s: float) -> Answer:
    told = ""
    if not response.is_success and response.headers.get("Content-Type") == "application/problem+json":
        told = str(response.json().get("code", ""))
    return Answer(call, took_s, response.status_code, told, "Retry-After" in response.headers)


def told_of(answers: Sequence[Answer]) -> str:
    """How often what came: "3 x upload 500 internal, 1 x list ReadTimeout"."""
    counts = Counter(f"{one.call} {one.status or ''} {one.told}".replace("  ", " ").strip() for one in answers)
    return ", ".join(f"{count} x {what}" for what, count in counts.most_common())


@dataclass(frozen=True)
class Task:
    """One thread's: a call of one kind, made again and again."""

    ask: Callable[[], Answer]
    every_s: float
    """From the beginning of one to that of the next, if it takes no longer."""


@contextmanager
def probed(tasks: Sequence[Task]) -> Iterator[list[Answer]]:
    """Does the tasks until the block's end. The list grows, and is whole after the block."""
    answers: list[Answer] = []
    over = Event()

    def work(task: Task) -> None:
        began = time.monotonic()
        while not over.wait(max(began + task.every_s - time.monotonic(), 0)):
            began = time.monotonic()
            answers.append(task.ask())

    with ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(work, task) for task in tasks]
        try:
            yield answers
        finally:
            over.set()
    for future in running:
        future.result()


def by_turns(doors: Sequence[Door], name: str, call: Call) -> Callable[[], Answer]:
    """Each call goes through the next door, over a new connection."""
    following = cycle(doors)

    def ask() -> Answer:
        with next(following)() as client:
            return _made(name, call, client)

    return ask


def balanced(doors: Sequence[Door], name: str, call: Call) -> Callable[[], Answer]:
    """As a load balancer: by turns, and past a door that refuses the connection, since nothing was asked yet."""
    following = cycle(range(len(doors)))

    def ask() -> Answer:
        first = next(following)
        for door in (*doors[first:], *doors[:first]):
            with door() as client:
                answer = _made(name, call, client)
            if answer.told != _REFUSED:
                break
        return answer

    return ask


def _made(name: str, call: Call, client: httpx.Client) -> Answer:
    began = time.monotonic()
    try:
        response = call(client)
    except httpx.TransportError as error:
        return Answer(name, time.monotonic() - began, NO_ANSWER, type(error).__name__)
    return answer_of(name, response, time.monotonic() - began)
