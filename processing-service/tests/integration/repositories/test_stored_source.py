"""Reading a source where it lies."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fiapx_common.errors import NotFound
from processing_service.repositories.measures import PrometheusMeasures
from processing_service.repositories.scratch_copies import ScratchCopies
from processing_service.repositories.stored_source import StoredSource, StoredSources

Platform = Any  # conftest's
MIB = 1 << 20
CONTENT = random.Random(7).randbytes(20 * MIB)


@pytest.fixture
async def copies(platform: Platform, tmp_path: Path) -> AsyncIterator[ScratchCopies]:
    opened = ScratchCopies(platform.store, tmp_path, budget_bytes=64 * MIB, idle_s=60)
    yield opened
    await opened.close()


@pytest.fixture
async def source(platform: Platform, copies: ScratchCopies) -> StoredSource:
    return StoredSource(platform.store, copies, await platform.stored(CONTENT))


@pytest.mark.parametrize(
    ("offset", "length"),
    [(0, 10), (MIB - 5, 10), (19 * MIB, 5 * MIB), (len(CONTENT) - 3, 3), (len(CONTENT) - 3, 10), (len(CONTENT), 4)],
)
async def test_what_is_read_is_what_lies_there(source: StoredSource, offset: int, length: int) -> None:
    await source.read(100, 10)
    assert await source.read(offset, length) == CONTENT[offset : offset + length]


async def test_reading_on_takes_few_requests(source: StoredSource) -> None:
    read = [await source.read(offset, MIB // 2) for offset in range(0, len(CONTENT), MIB // 2)]
    assert b"".join(read) == CONTENT
    assert source.requests <= 5


async def test_jumping_about_fetches_little_more_than_is_read(source: StoredSource) -> None:
    for offset in (15 * MIB, 3 * MIB, 11 * MIB, 0):
        assert await source.read(offset, 1000) == CONTENT[offset : offset + 1000]
    assert source.fetched_bytes == 4 * MIB


async def test_the_whole_is_a_file_with_the_same_bytes(source: StoredSource) -> None:
    async with source.whole() as path:
        assert path.read_bytes() == CONTENT


async def test_a_source_that_is_gone_is_not_found(platform: Platform, copies: ScratchCopies) -> None:
    request = await platform.stored(b"x" * 100)
    await platform.store.delete([request.source_key])
    async with StoredSources(platform.store, copies, PrometheusMeasures()).open(request) as opened:
        with pytest.raises(NotFound):
            await opened.read(0, 10)
