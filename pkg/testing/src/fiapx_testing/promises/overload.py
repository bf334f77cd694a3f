"""Small uploads at three times the rate that the platform can take: how many does it still take, and who is told what?

The workers and planners rest meanwhile, as if they had machines of their own.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Final

from fiapx_testing.chaos.gathering import queues
from fiapx_testing.figures import Figure
from fiapx_testing.platforms import PASSWORD, Platform
from fiapx_testing.promises.ground import Ground
from fiapx_testing.promises.programs import uploading
from fiapx_testing.promises.programs.uploading import Answer, Order

_CLIENTS: Final = (8, 16, 32, 64)
_CLIENTS_S: Final = 10.0
_OVERLOAD_S: Final = 40.0
_SHARE_TO_FILL: Final = 0.25
"""Of this time: until as many uploads are under way as will ever be."""
_TIMES_CAPACITY: Final = 3
_USERS: Final = 16
_LEAST_PERCENT: Final = 90
_MOST_MB: Final = 200
_TIMEOUT_S: Final = 240
_WORKED_OFF_WITHIN_S: Final = 600.0
_SUCCESS: Final = 2
_SHED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_RESTING: Final = ("worker", "planner")
_LOADED: Final = ("gateway", "upload")


@dataclass(frozen=True)
class Overload:
    """What came of it."""

    best_per_s: float
    """Accepted, with the number of clients that does best."""
    clients: int
    seconds: float
    """How long more was offered."""
    answers: Sequence[Answer]

    @property
    def accepted(self) -> Sequence[Answer]:
        return [one for one in self.answers if one.status // 100 == _SUCCESS]

    @property
    def shed(self) -> Sequence[Answer]:
        """Told to come again later."""
        return [one for one in self.answers if one.status in _SHED and one.retry_after]

    @property
    def goodput_per_s(self) -> float:
        """While places were full: not at first, and not while what was left is worked off after the end."""
        since_s = self.seconds * _SHARE_TO_FILL
        in_time = [one for one in self.accepted if since_s <= one.began_s + one.took_s <= self.seconds]
        return len(in_time) / (self.seconds - since_s)


def overload_sheds(ground: Ground) -> Iterator[Figure]:
    """First as many clients as do best, then uploads that begin at three times their rate."""
    clip = ground.clips.counter(frames=30)
    with ExitStack() as stack:
        stack.enter_context(_resting(ground.platform))
        tokens = []
        for number in range(_USERS):
            account = ground.platform.new_account(gateway=number % 2)
            stack.enter_context(account.client)
            stack.callback(account.client.delete_account, PASSWORD)
            tokens.append(str(account.client.access_token))
        gateways = [url.rpartition("/")[2] for url in ground.platform.gateway_urls]
        order = Order(gateways, tokens, str(clip.path), _CLIENTS_S if not ground.quick else 2.0)
        rates = {clients: _rate(replace(order, clients=clients)) for clients in _CLIENTS}
        clients, best_per_s = max(rates.items(), key=lambda pair: pair[1])
        over_s = _OVERLOAD_S if not ground.quick else 16.0
        offer = replace(order, seconds=over_s, per_s=best_per_s * _TIMES_CAPACITY)
        found = Overload(best_per_s, clients, over_s, _carried_out(offer))
    yield from figures(found, clip.path.stat().st_size)
    for name, peak_mb in sorted(ground.platform.peaks_mb().items()):
        if name.startswith(_LOADED):
            yield Figure(f"peak memory of {name}", "three times the capacity", round(peak_mb), "MB", _MOST_MB)


def figures(found: Overload, file_bytes: int) -> Iterator[Figure]:
    """All but the memory."""
    answers = Counter(one.status for one in found.answers)
    told = ", ".join(f"{number} times {status or 'no answer'}" for status, number in sorted(answers.items()))
    best = f"best: {found.best_per_s:.1f}/s, {found.clients} clients"
    goodput = found.goodput_per_s
    of = f"{best}; now {goodput:.1f}/s of {len(found.answers) / found.seconds:.0f}/s, {goodput * file_bytes:.0f} B/s"
    share = round(100 * goodput / found.best_per_s, 1)
    yield Figure("accepted in time at three times the capacity, of the best", of, share, "%", _LEAST_PERCENT, True)
    others = len(found.answers) - len(found.accepted) - len(found.shed)
    yield Figure("answers that neither accept nor tell when to come again", told, others, "", 0)
    late = sum(one.asked for one in found.shed)
    longest_s = max((one.took_s for one in found.shed), default=0)
    yield Figure("refused after the body was asked for", f"refused after {longest_s:.1f} s at most", late, "", 0)


def _rate(order: Order) -> float:
    """Accepted in a second."""
    answers = _carried_out(order)
    return len(Overload(0, order.clients, order.seconds, answers).accepted) / max(
        one.began_s + one.took_s for one in answers
    )


def _carried_out(order: Order) -> list[Answer]:
    """By a process of its own: the proxies of this one have enough to do."""
    done = subprocess.run(
        [sys.executable, "-m", uploading.__name__],
        input=json.dumps(asdict(order)).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_TIMEOUT_S,
    )
    return [Answer(**answer) for answer in json.loads(done.stdout)]


@contextmanager
def _resting(platform: Platform) -> Iterator[None]:
    """Nobody processes videos until the block's end, which is when nothing waits any more."""
    supervisor = platform.stack.supervisor
    names = [name for name in supervisor.states() if name.startswith(_RESTING)]
    supervisor.stop(names)
    try:
        yield
    finally:
        for name in names:
            supervisor.start(name)
        platform.until(platform.is_whole)
        platform.until(lambda: not any(queues(platform.stack)[0].values()), within_s=_WORKED_OFF_WITHIN_S)
