"""Running: SIGTERM drains, a failed background task ends the service with its error."""

import asyncio
import signal
import subprocess
import sys
import textwrap

import pytest
from fiapx_common.running import background
from fiapx_testing.waiting import PATIENCE_S

PROGRAM = textwrap.dedent(
    """
    import asyncio
    from contextlib import asynccontextmanager
    from fiapx_common.running import Started, background, serve

    async def work():
        await asyncio.sleep({lives_s})
        raise RuntimeError("the relay broke")

    @asynccontextmanager
    async def running(settings):
        async with background() as tasks:
            tasks.start("work", work())
            print("started", flush=True)
            yield Started(tasks)
            print("drained", flush=True)

    serve(running, None)
    """
)


def program(lives_s: float) -> subprocess.Popen[str]:
    source = PROGRAM.format(lives_s=lives_s)
    return subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_sigterm_drains_and_ends_well() -> None:
    with program(lives_s=3600) as service:
        assert service.stdout is not None
        while service.stdout.readline() != "started\n":
            assert service.poll() is None
        service.send_signal(signal.SIGTERM)
        out, _ = service.communicate(timeout=PATIENCE_S)
    assert "drained\n" in out
    assert service.returncode == 0


def test_a_failed_background_task_drains_and_ends_with_its_error() -> None:
    with program(lives_s=0.1) as service:
        out, err = service.communicate(timeout=PATIENCE_S)
    assert "drained\n" in out
    assert "the relay broke" in err
    assert service.returncode == 1


async def test_background_tasks_end_with_their_block() -> None:

    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with background() as tasks:
        tasks.start("work", work())
        await asyncio.sleep(0)
    assert ended.is_set()
    with pytest.raises(asyncio.InvalidStateError):
        tasks.failed.result()
