"""Operators' commands about jobs."""

import argparse
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from fiapx_common.operating import Answer, Command, Operation
from fiapx_common.operating.tables import Row

from processing_service.entities.live_job import LiveJob
from processing_service.services.operating import Operating

_AT_MOST: Final = 200


def job_commands(operating: Callable[[Operation[Any]], Operating]) -> list[Command[Any]]:
    """`operating` makes the use cases for one command."""

    async def look(operation: Operation[Any]) -> Answer:
        found = await operating(operation).still_for(operation.given.still_for, operation.given.limit)
        return Answer([_row(job) for job in found], f"{len(found)} live job{'' if len(found) == 1 else 's'}.")

    async def release(operation: Operation[Any]) -> Answer:
        done = await operating(operation).release(operation.given.video, operation.operator)
        messages = f"{done.messages} message{'' if done.messages == 1 else 's'}"
        row: Row = {"video_id": str(done.job.key.video_id), "attempt": done.job.key.attempt, "messages": done.messages}
        return Answer([row], f"Its work was taken away and sent again ({messages}).")

    async def fail(operation: Operation[Any]) -> Answer:
        job = await operating(operation).fail(operation.given.video, operation.operator)
        row: Row = {"video_id": str(job.key.video_id), "attempt": job.key.attempt, "state": "failed"}
        return Answer([row], "It has failed; its owner is told, and may try again.")

    return [
        Command("jobs", "list", "Jobs that are not at their end, those that moved last the last.", look, _limits),
        Command(
            "jobs",
            "release",
            "Takes a job's work from whoever has it, and sends it to the queues again.",
            release,
            _video,
            changes=True,
        ),
        Command("jobs", "fail", "Ends a job as failed; its owner may try again.", fail, _video, changes=True),
    ]


def _limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--still-for",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="only those of which nothing was begun, made or finished for so long",
    )
    parser.add_argument("--limit", type=int, default=_AT_MOST, help=f"at most (default {_AT_MOST})")


def _video(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", type=UUID, metavar="VIDEO", help="the video's id")


def _row(job: LiveJob) -> Row:
    return {
        "video_id": str(job.key.video_id),
        "attempt": job.key.attempt,
        "user_id": str(job.user_id),
        "state": job.state.value,
        "accepted_at": job.accepted_at,
        "moved_at": job.moved_at,
        "segments": job.segments,
        "done": job.done,
        "in_queue": job.in_queue,
        "holders": ", ".join(job.holders),
        "lease_until": job.lease_until,
        "charged": job.charged,
        "lost": job.lost,
    }


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError("must be 0 or more")
    return seconds
