"""Copies of sources on the local disk."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fiapx_common.errors import NotFound
from processing_service.entities.errors import ScratchFull, VideoCannotBeProcessed
from processing_service.repositories.scratch_copies import ScratchCopies

Platform = Any  # conftest's
CONTENT = b"x" * 1000
IDLE_S = 0.4


@pytest.fixture
async def sources(platform: Platform, tmp_path: Path) -> AsyncIterator[ScratchCopies]:
    """Room for two and a half sources."""
    opened = ScratchCopies(platform.store, tmp_path, budget_bytes=2500, idle_s=IDLE_S)
    yield opened
    await opened.close()


async def test_a_copy_is_the_source(platform: Platform, sources: ScratchCopies) -> None:
    async with sources.copy(await platform.stored(CONTENT)) as path:
        assert content(path) == CONTENT


async def test_all_who_ask_share_one_copy(platform: Platform, sources: ScratchCopies, tmp_path: Path) -> None:
    request = await platform.stored(CONTENT)
    async with sources.copy(request) as one, sources.copy(request) as other:
        assert one == other
        assert len(files(tmp_path)) == 1


async def test_a_copy_stays_for_the_next_segment(platform: Platform, sources: ScratchCopies) -> None:
    request = await platform.stored(CONTENT)
    async with sources.copy(request) as path:
        pass
    await platform.store.delete([request.source_key])
    async with sources.copy(request) as again:
        assert again == path


async def test_an_idle_copy_makes_room(platform: Platform, sources: ScratchCopies) -> None:
    paths = []
    for _ in range(3):
        async with sources.copy(await platform.stored(CONTENT)) as path:
            paths.append(path)
    assert [path.exists() for path in paths] == [False, True, True]


async def test_a_copy_in_use_does_not(platform: Platform, sources: ScratchCopies) -> None:
    async with sources.copy(await platform.stored(CONTENT)), sources.copy(await platform.stored(CONTENT)):
        with pytest.raises(ScratchFull):
            async with sources.copy(await platform.stored(CONTENT)):
                raise AssertionError("there was room")


async def test_a_source_above_the_budget_is_refused(platform: Platform, sources: ScratchCopies) -> None:
    with pytest.raises(VideoCannotBeProcessed, match="above the scratch budget"):
        async with sources.copy(await platform.stored(b"x" * 3000)):
            raise AssertionError("there was room")


async def test_a_source_that_is_not_there_leaves_nothing(
    platform: Platform, sources: ScratchCopies, tmp_path: Path
) -> None:
    request = await platform.stored(CONTENT)
    await platform.store.delete([request.source_key])
    with pytest.raises(NotFound):
        async with sources.copy(request):
            raise AssertionError("it was there")
    assert files(tmp_path) == []


async def test_a_copy_nobody_waits_for_any_more_is_dropped(
    platform: Platform, sources: ScratchCopies, tmp_path: Path
) -> None:
    request = await platform.stored(b"x" * 2500)

    async def use() -> None:
        async with sources.copy(request):
            await asyncio.sleep(60)

    waiting = asyncio.create_task(use())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert files(tmp_path) == []


async def test_idle_copies_go_by_themselves(platform: Platform, sources: ScratchCopies, tmp_path: Path) -> None:
    tidying = asyncio.create_task(sources.keep_tidy())
    async with sources.copy(await platform.stored(CONTENT)) as path:
        await asyncio.sleep(1)
        assert files(tmp_path) == [path]
    await platform.until(lambda: is_empty(tmp_path))
    tidying.cancel()


async def is_empty(folder: Path) -> bool:
    return not files(folder)


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def content(path: Path) -> bytes:
    return path.read_bytes()
