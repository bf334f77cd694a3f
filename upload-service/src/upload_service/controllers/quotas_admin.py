"""Operators' commands about usage and quotas."""

import argparse
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final
from uuid import UUID

from fiapx_common.operating import Answer, Command, Operation
from fiapx_common.operating.tables import Row

from upload_service.entities.quota import OwnQuota, Quota, UserUsage
from upload_service.services.operating import Operating

_AT_MOST: Final = 50
_UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_MOST_VIDEOS: Final = (1 << 31) - 1
_MOST_BYTES: Final = (1 << 63) - 1


OpenOperating = Callable[[Operation[Any]], AbstractAsyncContextManager[Operating]]


def quota_commands(opened: OpenOperating) -> list[Command[Any]]:
    """`opened` makes the use cases for one command."""

    async def look(operation: Operation[Any]) -> Answer:
        async with opened(operation) as operating:
            found = await operating.usages(operation.given.limit)
            rows = [_row(one, operating.general) for one in found]
        return Answer(rows, f"{len(rows)} user{'' if len(rows) == 1 else 's'}.")

    async def give(operation: Operation[Any]) -> Answer:
        given = operation.given
        own = OwnQuota(given.videos, given.stored_bytes)
        async with opened(operation) as operating:
            quota = await operating.give(given.user, own, operation.operator)
        row: Row = {"user_id": str(given.user), "videos": quota.videos, "stored_bytes": quota.stored_bytes}
        return Answer([row], "Holds from the user's next upload on; what is stored stays.")

    return [
        Command("usage", "list", "What users store and may store, who stores most first.", look, _limit),
        Command(
            "quotas", "set", "Gives a user a quota; what is not named is as everybody's.", give, _quota, changes=True
        ),
    ]


def _limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=_AT_MOST, help=f"at most (default {_AT_MOST})")


def _quota(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", type=UUID, metavar="USER", help="the user's id; `auth users list` tells it")
    parser.add_argument("--videos", type=_videos, help="videos that are not deleted")
    size = "files and archives that are kept, in bytes; K, M, G and T are 1024, its square and so on: 500G"
    parser.add_argument("--stored", type=_bytes, dest="stored_bytes", metavar="SIZE", help=size)


def _videos(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _MOST_VIDEOS:
        raise argparse.ArgumentTypeError(f"must be 0 to {_MOST_VIDEOS}")
    return number


def _bytes(text: str) -> int:
    unit = text[-1:].upper() if text[-1:].isalpha() else ""
    digits = text.removesuffix(text[-1:]) if unit else text
    if unit not in _UNITS or not digits.isdecimal() or int(digits) * _UNITS[unit] > _MOST_BYTES:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: give a whole number, with K, M, G or T behind it")
    return int(digits) * _UNITS[unit]


def _row(one: UserUsage, general: Quota) -> Row:
    quota = general.with_own(one.own)
    return {
        "user_id": str(one.user_id),
        "videos": one.usage.videos,
        "videos_allowed": quota.videos,
        "stored_bytes": one.usage.stored_bytes,
        "stored_bytes_allowed": quota.stored_bytes,
        "own_quota": one.own != OwnQuota(),
        "latest_upload_at": one.latest_upload_at,
    }
