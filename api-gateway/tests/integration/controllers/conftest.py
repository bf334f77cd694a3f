"""Videos that have ended, made once by the real services, and changed by nobody; what requests cost."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
import redis
import sqlalchemy as sa
from fiapx_common.postgres import create_engine, transaction
from fiapx_testing.clips import Clips
from fiapx_testing.waiting import PATIENCE_S
from opentelemetry import trace


async def ended(user: Any, video: dict[str, Any]) -> dict[str, Any]:
    """The video in a terminal state."""
    async with asyncio.timeout(PATIENCE_S):
        while video["status"] not in {"completed", "failed", "cancelled"}:
            await asyncio.sleep(0.1)
            video = (await user.http.get(f"/videos/{video['id']}")).json()
    return video


@pytest.fixture
def statements() -> Iterator[Counter[str]]:
    """Statements of all services of this process, by the trace of the request that they serve."""
    counted: Counter[str] = Counter()

    def count(*_told: object) -> None:
        counted[trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)] += 1

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    yield counted
    sa.event.remove(sa.Engine, "before_cursor_execute", count)


@pytest.fixture(scope="session")
def clip(clips: Clips) -> bytes:
    """Two seconds at 30 frames a second; frame n shows n."""
    return clips.counter(frames=60).path.read_bytes()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def video(anyone: Any, clip: bytes) -> dict[str, Any]:
    """A completed video of four frames."""
    answer = await anyone.upload(clip, options='{"sampling": {"rule": "fps", "fps": 2}}')
    video = await ended(anyone, answer.json())
    assert video["error"] is None
    return video


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scored(anyone: Any, clip: bytes) -> dict[str, Any]:
    """The same with scores."""
    options = '{"sampling": {"rule": "fps", "fps": 2}, "scores": true}'
    return await ended(anyone, (await anyone.upload(clip, options=options)).json())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def expired(anyone: Any, clip: bytes, upload_settings: Any, backends: Any) -> dict[str, Any]:
    """A completed video whose result is no longer kept."""
    video = await ended(anyone, (await anyone.upload(clip)).json())
    await _set(upload_settings, backends, video, "expires_at = now() - interval '1 second'")
    return video


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def processing_video(anyone: Any, clip: bytes, upload_settings: Any, backends: Any) -> dict[str, Any]:
    """A video of two frames that are made, which upload-service still knows as being worked on."""
    video = await ended(anyone, (await anyone.upload(clip)).json())
    not_yet = "frame_count = NULL, archive_key = NULL, manifest_key = NULL, archive_bytes = NULL, expires_at = NULL"
    news = "status = 'processing', progress = 0.5, frames_ready = 1, finished_at = NULL"
    await _set(upload_settings, backends, video, f"{news}, {not_yet}")
    return video


async def _set(upload_settings: Any, backends: Any, video: dict[str, Any], values: str) -> None:
    engine = create_engine(upload_settings.postgres, "tests")
    async with transaction(engine) as connection:
        await connection.execute(sa.text(f"UPDATE videos SET {values} WHERE id = :id"), {"id": video["id"]})
        await connection.commit()
    await engine.dispose()
    with redis.Redis.from_url(backends.redis_url) as cache:
        cache.flushdb()  # what nobody but a test changes behind the service's back is not told to its cache


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def failed(anyone: Any) -> dict[str, Any]:
    """A video that nobody can decode."""
    broken = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
    return await ended(anyone, (await anyone.upload(broken)).json())
