"""The started service's doors, and what it says of its servers."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fiapx_common.postgres import OldSchema
from fiapx_testing.clips import Clips
from fiapx_testing.waiting import PATIENCE_S
from processing_service.settings import DecoderSettings, Role

Platform = Any  # conftest's
OpenProxy = Callable[[str, int], Awaitable[Any]]
StartProcess = Callable[..., Awaitable[Any]]


async def ask(address: str, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        return await client.get(f"http://{address}{path}")


async def test_a_service_with_all_its_servers_is_ready(platform: Platform) -> None:
    async with platform.running() as started:
        answer = await ask(started.ops, "/health/ready")
    assert answer.status_code == 200
    assert set(answer.json()["checks"]) == {"postgres", "broker", "store", "decoder", "staying"}


async def test_a_service_without_its_decoder_lives_and_is_unready(platform: Platform) -> None:
    async with platform.running(decoder=DecoderSettings(ffmpeg="no-such-ffmpeg")) as started:
        ready, live = await ask(started.ops, "/health/ready"), await ask(started.ops, "/health/live")
    assert (ready.status_code, live.status_code) == (503, 200)
    assert "no-such-ffmpeg" in ready.json()["checks"]["decoder"]


async def test_a_decoder_that_was_removed_is_noticed(platform: Platform, program: Callable[[str], str]) -> None:
    ffmpeg = program('exec ffmpeg "$@"')
    async with platform.running(decoder=DecoderSettings(ffmpeg=ffmpeg)) as started:
        before = await ask(started.ops, "/health/ready")
        os.unlink(ffmpeg)  # noqa: PTH108 - a path told as text
        after = await ask(started.ops, "/health/ready")
    assert (before.status_code, after.status_code) == (200, 503)


async def test_a_store_that_is_away_makes_it_unready(platform: Platform, proxy: OpenProxy) -> None:
    host, port = platform.settings.store.endpoint.split(":")
    between = await proxy(host, int(port))
    store = platform.settings.store.model_copy(update={"endpoint": between.address})
    async with platform.running(store=store) as started:
        between.cut()
        answer = await ask(started.ops, "/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["store"] != "ok"


async def test_the_work_is_counted(platform: Platform, clips: Clips) -> None:
    async with platform.running() as started:
        await platform.upload_service.completed(await platform.upload_service.upload(clips.counter(frames=60).path))
        text = (await ask(started.ops, "/metrics")).text
    for name in ("segments", "frames", "video_seconds", "leases_taken_over"):
        assert f"fiapx_{name}_total" in text
    for stage in ("plan", "extract", "assemble"):
        assert f'fiapx_stage_seconds_count{{stage="{stage}"}}' in text


async def test_only_a_planner_answers_questions(platform: Platform) -> None:
    async with platform.running(roles=frozenset({Role.WORKER})) as started:
        assert started.grpc is None


async def test_roles_decide_what_is_consumed(platform: Platform) -> None:
    async with platform.running(roles=frozenset({Role.WORKER})):
        assert (await platform.broker.queue("processing.segments")).consumers == 1
        assert "processing.planning" not in await platform.broker.queue_names()


async def test_an_old_schema_is_refused(platform: Platform, tmp_path: Path) -> None:
    newer = tmp_path / "migrations"
    (newer / "versions").mkdir(parents=True)
    for file in platform.settings.migrations_dir.rglob("*.py"):
        (newer / file.relative_to(platform.settings.migrations_dir)).write_bytes(file.read_bytes())
    head = max(file.name[:4] for file in (newer / "versions").glob("*.py"))
    (newer / "versions" / "9999_next.py").write_text(f'revision = "9999"\ndown_revision = "{head}"\n')
    with pytest.raises(OldSchema):
        async with platform.running(migrations_dir=newer):
            raise AssertionError("it started")


async def test_an_unknown_role_is_a_clear_start_error(start_process: StartProcess) -> None:
    with pytest.raises(AssertionError, match="unknown role cook: choose from planner, worker, assembler"):
        await start_process(roles="cook")
