"""Logins on one core, and what they do to those who read meanwhile."""

import json
from collections.abc import Iterator
from statistics import median
from typing import Final

from fiapx_testing.api_benchmarks.ground import Ground
from fiapx_testing.api_benchmarks.wrk import Load, Wrk
from fiapx_testing.figures import Figure
from fiapx_testing.platforms import PASSWORD

_AT_ONCE: Final = 16
_READERS: Final = 4
_LEAST_PER_S: Final = 25
_MOST_TIMES: Final = 3
_LONGER_S: Final = 2.0
"""Than the reads beside it."""


def logins(ground: Ground) -> Iterator[Figure]:
    """auth-service has a core; the gateway, who reads and who logs in share the other one."""
    storms: list[Load] = []
    quiet: list[Load] = []
    beside: list[Load] = []
    with ground.held("auth"):
        for _ in range(ground.runs):
            quiet.append(_reads(ground).run())
            with _storm(ground).running() as storm:
                beside.append(_reads(ground).run())
                storms.append(storm.ended())
    rate = round(median(load.per_s for load in storms), 1)
    yield Figure("logins on one core", f"{_AT_ONCE} at once", rate, "/s", _LEAST_PER_S, True)
    p99s = ((stormy.p99_ms, calm.p99_ms) for stormy, calm in zip(beside, quiet, strict=True))
    times = round(median(stormy / calm for stormy, calm in p99s), 2)
    of = f"{median(load.p99_ms for load in beside):.1f} ms ÷ {median(load.p99_ms for load in quiet):.1f} ms"
    yield Figure("p99 of reads during a storm of logins ÷ without", of, times, "", _MOST_TIMES)


def _reads(ground: Ground) -> Wrk:
    url = f"{ground.api}/videos/{ground.video.id}"
    return Wrk(url, _READERS, ground.seconds, ground.other_core, ground.token)


def _storm(ground: Ground) -> Wrk:
    body = json.dumps({"email": ground.account.address, "password": PASSWORD})
    return Wrk(
        f"{ground.api}/auth/login", _AT_ONCE, ground.seconds + _LONGER_S, ground.other_core, token=None, body=body
    )
