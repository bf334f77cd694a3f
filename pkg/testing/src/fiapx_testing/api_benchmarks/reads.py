"""One gateway on one core, asked by 32 connections, beside the least that FastAPI can answer on the same core."""

from collections.abc import Iterator
from statistics import median
from typing import Final

from fiapx_testing.api_benchmarks.ground import Ground
from fiapx_testing.api_benchmarks.wrk import Load, Wrk
from fiapx_testing.figures import Figure

_CONNECTIONS: Final = 32
_LEAST_SHARE: Final = 0.2
_MOST_P99_MS: Final = 100


def reads(ground: Ground) -> Iterator[Figure]:
    """A video and the list, by turns with the bare program."""
    asked = {"GET /videos/{id}": f"{ground.api}/videos/{ground.video.id}", "GET /videos": f"{ground.api}/videos"}
    bare: list[Load] = []
    loads: dict[str, list[Load]] = {name: [] for name in asked}
    with ground.held("gateway"), ground.bare() as hello:
        for _ in range(ground.runs):
            bare.append(_load(ground, hello, None))
            for name, url in asked.items():
                loads[name].append(_load(ground, url, ground.token))
    for name, of_it in loads.items():
        shares = [load.per_s / least.per_s for load, least in zip(of_it, bare, strict=True)]
        of = f"{median(load.per_s for load in of_it):.0f}/s of {median(load.per_s for load in bare):.0f}/s"
        yield Figure(f"{name}, of a bare FastAPI program", of, round(median(shares), 3), "", _LEAST_SHARE, True)
        p99_ms = round(median(load.p99_ms for load in of_it), 1)
        yield Figure(f"{name}, p99", f"{_CONNECTIONS} connections", p99_ms, "ms", _MOST_P99_MS)


def _load(ground: Ground, url: str, token: str | None) -> Load:
    return Wrk(url, _CONNECTIONS, ground.seconds, ground.other_core, token).run()
