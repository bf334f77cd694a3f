"""What operators see of usage, and quotas that they give to one user."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from fiapx_common.errors import Refused
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.admin_commands import Admin

Send = Callable[..., Awaitable[upload_pb2.Video]]
Direct = Any  # conftest's client of uploads in parts

MP4_BYTES = 2072
OTHER = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


async def give(admin: Admin, user_id: UUID, *limits: str) -> None:
    ended = await admin("--by", "ana", "quotas", "set", str(user_id), *limits)
    assert (ended.code, ended.complaints) == (0, "")


async def code_of(call: Awaitable[object]) -> str:
    with pytest.raises(Refused) as refused:
        await call
    return refused.value.code


async def test_the_report_tells_who_stores_how_much_and_may(admin: Admin, send: Send, user_id: UUID) -> None:
    await send()
    await send(owner=OTHER)
    await send(owner=OTHER)
    await give(admin, user_id, "--videos", "7")
    most, other = (await admin("usage", "list", "--json")).rows
    assert (most["user_id"], most["videos"], most["stored_bytes"]) == (str(OTHER), 2, 2 * MP4_BYTES)
    assert (most["videos_allowed"], most["stored_bytes_allowed"], most["own_quota"]) == (2_000, 200 << 30, False)
    assert (other["user_id"], other["videos"], other["stored_bytes"]) == (str(user_id), 1, MP4_BYTES)
    assert (other["videos_allowed"], other["stored_bytes_allowed"], other["own_quota"]) == (7, 200 << 30, True)
    assert other["latest_upload_at"] is not None


async def test_who_has_a_quota_and_no_videos_is_in_the_report(admin: Admin, user_id: UUID) -> None:
    await give(admin, user_id, "--stored", "1G")
    (row,) = (await admin("usage", "list", "--json")).rows
    assert (row["user_id"], row["videos"], row["stored_bytes"]) == (str(user_id), 0, 0)
    assert (row["stored_bytes_allowed"], row["latest_upload_at"]) == (1 << 30, None)


async def test_a_quota_of_ones_own_holds_for_the_next_upload_of_either_kind(
    admin: Admin, send: Send, direct: Direct, user_id: UUID
) -> None:
    await send()
    await give(admin, user_id, "--videos", "1")
    assert await code_of(send()) == "video_quota_exceeded"
    assert await code_of(direct.create(1000)) == "video_quota_exceeded"
    await send(owner=OTHER)
    await give(admin, user_id, "--stored", str(2 * MP4_BYTES - 1))
    assert await code_of(send()) == "storage_quota_exceeded"
    assert await code_of(direct.create(MP4_BYTES)) == "storage_quota_exceeded"
    await give(admin, user_id)
    await send()


async def test_a_quota_is_recorded(admin: Admin, user_id: UUID) -> None:
    await give(admin, user_id, "--videos", "3", "--stored", "500g")
    (deed,) = (await admin("audit", "list", "--json")).rows
    assert (deed["operator"], deed["action"], deed["subject"]) == ("ana", "quota.set", str(user_id))
    assert json.loads(deed["details"]) == {"videos": 3, "stored_bytes": 500 << 30}


@pytest.mark.parametrize(
    "limits",
    [("--videos", "-1"), ("--videos", "many"), ("--stored", "1.5G"), ("--stored", "9999999T"), ("--stored", "G")],
)
async def test_what_is_no_quota_is_refused(admin: Admin, limits: tuple[str, str]) -> None:
    ended = await admin("--by", "ana", "quotas", "set", str(OTHER), *limits)
    assert (ended.code, ended.words) == (2, "")
    assert limits[0] in ended.complaints
