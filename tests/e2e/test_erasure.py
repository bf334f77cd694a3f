"""Whoever deletes their account leaves nothing, in any database or in the store."""

import asyncio
import time
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from fiapx import ProblemError
from fiapx_local.servers import Postgres
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

WITHIN_S = 240
PASSWORD = "correct horse battery staple"
SERVICES = ("auth", "upload", "processing", "notification")
TOMBSTONES: Final = {"notification.recipients.user_id", "upload.erased_users.user_id"}
"""So that what comes late about the user is known as such: the id alone."""
COLUMNS = text("""
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'uuid', 'json', 'jsonb', 'ARRAY')
""")


async def found_in_databases(platform: Platform, words: list[str]) -> set[str]:
    """Columns of any table in which one of the words stands anywhere."""
    found = set()
    for service in SERVICES:
        engine = create_async_engine(Postgres(platform.stack.settings).dsn(service, owner=True))
        async with engine.connect() as connection:
            for table, column in (await connection.execute(COLUMNS)).all():
                search = text(f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE ANY (:words) LIMIT 1')
                if await connection.scalar(search, {"words": [f"%{word}%" for word in words]}):
                    found.add(f"{service}.{table}.{column}")
        await engine.dispose()
    return found


def videos_in_every_state(account: Account, platform: Platform, clips: Clips, folder: Path) -> list[UUID]:
    """The ids; one is still being uploaded, one is in work."""
    hear_of_videos(account, platform)
    videos = account.client.videos
    short = clips.counter(frames=25, fps=10).path
    broken = folder / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8)
    ended = [videos.upload(path, external_id=account.address).id for path in (short, broken)]
    assert [videos.wait(video_id, timeout_s=WITHIN_S).status for video_id in ended] == ["completed", "failed"]
    deleted, cancelled, working = (
        videos.upload(
            clips.counter(frames=600, fps=30, size=(640, 360)).path,
            options={"sampling": {"rule": "every", "frames": 1}},
        ).id
        for _ in range(3)
    )
    videos.delete(deleted)
    videos.cancel(cancelled)
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    shares = f"{platform.url}/api/v1/videos/{ended[0]}/shares"
    httpx.post(shares, headers=headers, json={"note": account.address}, timeout=WITHIN_S).raise_for_status()
    answer = httpx.post(
        f"{platform.url}/api/v1/uploads",
        headers=headers,
        json={"filename": f"{account.address}.mp4", "size_bytes": 9 << 20},
        timeout=WITHIN_S,
    )
    return [*ended, deleted, cancelled, working, UUID(answer.raise_for_status().json()["id"])]


def hear_of_videos(account: Account, platform: Platform) -> None:
    """By a webhook whose receiver is away, so that messages wait."""
    httpx.post(
        f"{platform.url}/api/v1/webhooks",
        headers={"Authorization": f"Bearer {account.client.access_token}"},
        json={"url": f"http://127.0.0.1:1/{account.address}"},
        timeout=WITHIN_S,
    ).raise_for_status()


async def test_nothing_of_an_erased_account_is_left_in_any_table_or_object(
    account: Account, platform: Platform, clips: Clips, tmp_path: Path
) -> None:
    user_id = str(account.client.me().id)
    ids = await asyncio.to_thread(videos_in_every_state, account, platform, clips, tmp_path)
    await account.mails(count=3)
    words = [account.address, user_id]
    before = await found_in_databases(platform, words)
    assert {column.partition(".")[0] for column in before} == set(SERVICES)
    assert {"notification.webhooks.url", "notification.webhook_deliveries.body"} <= before
    await asyncio.to_thread(account.client.delete_account, PASSWORD)
    with pytest.raises(ProblemError) as refused:
        await asyncio.to_thread(account.log_in)
    assert refused.value.code == "wrong_credentials"

    deadline = time.monotonic() + WITHIN_S
    left: Any = None
    while left != (TOMBSTONES, []):
        assert time.monotonic() < deadline, left
        await asyncio.sleep(1)
        objects = [key for video_id in ids for key in await asyncio.to_thread(platform.objects_of, video_id)]
        left = (await found_in_databases(platform, words), objects)
