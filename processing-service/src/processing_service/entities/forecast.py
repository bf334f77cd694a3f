"""Where a video stands in the queue and when it will probably end, from what was measured and nothing else.

Work is counted in seconds of a core as the plan estimates them; speed is work done in one second by one worker. Jobs
that run share the workers evenly; those that wait begin in the order in which they were accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_SHORTEST_TAIL_S: Final = 1.0
"""What has not ended takes this much longer at least: 0 is never told before the end."""


@dataclass(frozen=True)
class LiveJob:
    """A job that waits for its plan, runs, or is being assembled."""

    video_id: UUID
    runs: bool
    size_bytes: int
    work_left: float = 0
    """Of a running one."""
    segments_left: int = 0
    speed: float | None = None
    """Measured in this attempt."""


@dataclass(frozen=True)
class Measured:
    """What recent jobs came to; None: there were none."""

    speed: float | None = None
    work_per_byte: float | None = None
    tail_s: float | None = None
    """From the last segment's end to the job's."""


@dataclass(frozen=True)
class Workload:
    """The whole platform at one moment."""

    jobs: tuple[LiveJob, ...]
    """In the order in which they were accepted."""
    measured: Measured
    workers: int | None
    """None: nobody can tell now."""


@dataclass(frozen=True)
class Place:
    """`position` counts from 1 among those that wait, None: it runs. `eta_s` None: nobody can know."""

    position: int | None
    eta_s: float | None


def places(workload: Workload) -> dict[UUID, Place]:
    """Of every job."""
    running = [job for job in workload.jobs if job.runs]
    waiting = [job for job in workload.jobs if not job.runs]
    costs = {job.video_id: _cost_s(job, workload.measured) for job in workload.jobs}
    shared = [costs[job.video_id] for job in running]
    found = {
        job.video_id: Place(None, _eta_s(workload, _running_s(job, costs, shared, workload.workers))) for job in running
    }
    ahead = _sum(shared)
    for position, job in enumerate(waiting, start=1):
        ahead = _sum([ahead, costs[job.video_id]])
        alone = None if ahead is None or not workload.workers else ahead / workload.workers
        found[job.video_id] = Place(position, _eta_s(workload, alone))
    return found


def _cost_s(job: LiveJob, measured: Measured) -> float | None:
    """Seconds of one worker that are left."""
    speed = job.speed or measured.speed
    if job.runs:
        work: float | None = job.work_left
    else:
        work = None if measured.work_per_byte is None else job.size_bytes * measured.work_per_byte
    if work == 0:
        return 0
    return None if work is None or not speed else work / speed


def _running_s(
    job: LiveJob, costs: dict[UUID, float | None], shared: Sequence[float | None], workers: int | None
) -> float | None:
    """Even shares: what each of the others gets before this one ends is at most what this one needs."""
    own = costs[job.video_id]
    if own is None or not workers:
        return None
    taken = _sum([None if cost is None else min(cost, own) for cost in shared])
    if taken is None:
        return None
    # a job cannot use more workers than it has segments left
    return max(taken / workers, own / min(workers, max(job.segments_left, 1)))


def _eta_s(workload: Workload, work_s: float | None) -> float | None:
    if work_s is None:
        return None
    return work_s + max(workload.measured.tail_s or 0, _SHORTEST_TAIL_S)


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
