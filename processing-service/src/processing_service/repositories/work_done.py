"""How much of the work is done, in the plan's estimate of it, and what that comes to."""

from typing import Any, Final

import sqlalchemy as sa

from processing_service.entities.job import JobKey
from processing_service.entities.segment import SegmentState
from processing_service.repositories.tables import SEGMENTS

_S: Final = SEGMENTS.c
_NOTHING: Final = sa.literal(0.0, sa.Double)
_SHARE_DONE: Final = sa.case(
    (_S.state == SegmentState.DONE, 1.0),
    (
        _S.state == SegmentState.RUNNING,
        sa.func.least(1.0, sa.cast(_S.frames_done, sa.Double) / sa.func.greatest(_S.frames_planned, 1)),
    ),
    else_=0.0,
)
WORK_DONE: Final = _S.work_s * _SHARE_DONE
"""Of a segment: packets to decode and frames to encode, both weighed; within a running one by its frames."""


def progress_of(job: JobKey) -> sa.Select[Any]:
    """One row, with the fields of `Progress`."""
    ready = sa.func.sum(_S.frames_done).filter(_S.state == SegmentState.DONE)
    return sa.select(
        sa.func.coalesce(sa.func.sum(WORK_DONE) / sa.func.nullif(sa.func.sum(_S.work_s), 0), _NOTHING).label(
            "work_share"
        ),
        sa.func.coalesce(sa.func.sum(_S.frames_done), 0).label("frames_done"),
        sa.func.coalesce(ready, 0).label("frames_ready"),
    ).where(_S.video_id == job.video_id, _S.attempt == job.attempt)
