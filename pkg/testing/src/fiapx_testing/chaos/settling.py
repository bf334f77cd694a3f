"""Waits until a platform that is left alone has done all its work, and swept up behind it."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fiapx_testing.chaos.checker import FINISHED_JOBS, TERMINAL, Case, breaches_but_archives
from fiapx_testing.chaos.evidence import Evidence
from fiapx_testing.chaos.gathering import gather
from fiapx_testing.chaos.storm import Progress
from fiapx_testing.platforms import Platform

_POLL_S: Final = 1.0
_WHOLE_WITHIN_S: Final = 120.0


@dataclass(frozen=True)
class Settled:
    """What was found in the end."""

    evidence: Evidence
    quiet_after_s: float | None
    """From the last fault and upload until nothing was under way any more; None: it never was quiet."""
    swept_after_s: float | None
    """Until nothing was left over either, and nothing was wrong; None: something stayed."""


def settle(platform: Platform, before: Case, users: frozenset[str], within_s: float, told: Progress) -> Settled:
    """Looks until all is well but for the archives, which are not opened, or until the time is over.

    Args:
        platform: all its programs run, or come back by themselves.
        before: what was promised; its evidence is not looked at.
        users: the ids of the users whose videos count.
        within_s: what stays wrong for so long is wrong.
        told: of the time that passes.

    Raises:
        AssertionError: a program does not answer.
    """
    platform.until(platform.is_whole, within_s=_WHOLE_WITHIN_S)
    began = time.monotonic()
    quiet_after_s: float | None = None
    while True:
        evidence = asyncio.run(gather(platform.stack, users))
        waited_s = round(time.monotonic() - began, 1)
        if quiet_after_s is None and not any(_under_way(evidence)):
            quiet_after_s = waited_s
        wrong = breaches_but_archives(Case(before.promises, evidence, before.undisturbed))
        if quiet_after_s is not None and not wrong:
            return Settled(evidence, quiet_after_s, waited_s)
        if waited_s > within_s:
            return Settled(evidence, quiet_after_s, None)
        told("waiting for quiet" if quiet_after_s is None else "waiting for the sweepers", int(waited_s), int(within_s))
        time.sleep(_POLL_S)


def _under_way(evidence: Evidence) -> Iterator[bool]:
    yield from (count > 0 for count in (*evidence.queued.values(), *evidence.outbox.values()))
    yield from (row.status not in TERMINAL and not row.deleted for row in evidence.videos.values())
    yield from (job.state not in FINISHED_JOBS for job in evidence.jobs.values())
