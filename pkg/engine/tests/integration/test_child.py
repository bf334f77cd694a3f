import asyncio
import signal
import sys
from pathlib import Path

import pytest
from fiapx_engine.child import ProcessLimits, lines, running
from fiapx_engine.errors import DecoderFailed
from fiapx_models.failures import FailureCode
from fiapx_testing.processes import is_gone
from fiapx_testing.waiting import PATIENCE_S, until

MEBIBYTE = 1024 * 1024
LIMITS = ProcessLimits(wall_s=300, cpu_s=10, memory_bytes=500 * MEBIBYTE)


async def output_of(*arguments: str, limits: ProcessLimits = LIMITS) -> tuple[str, int, list[str]]:
    told: list[str] = []
    async with running(arguments, limits, told.append) as child:
        text = "\n".join([line async for line in lines(child.read)])
        return text, await child.exit_code(), told


async def python(program: str, limits: ProcessLimits = LIMITS) -> tuple[str, int, list[str]]:
    return await output_of(sys.executable, "-c", program, limits=limits)


async def test_a_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "canary")

    text, code, _ = await output_of("env")

    assert code == 0
    assert "canary" not in text
    assert "HOME=" not in text


async def test_a_child_cannot_write_files(tmp_path: Path) -> None:
    path = tmp_path / "file"

    _, code, told = await python(f"import pathlib; pathlib.Path({str(path)!r}).write_text('text')")

    assert code == 1
    assert "File too large" in told[-1]
    assert path.read_bytes() == b""


async def test_a_child_cannot_take_more_memory_than_its_share() -> None:
    _, code, told = await python("bytearray(1 << 30)")

    assert code == 1
    assert told[-1] == "MemoryError"


async def test_a_child_cannot_take_more_cpu_time_than_its_share() -> None:
    _, code, _ = await python("while True: pass", ProcessLimits(wall_s=300, cpu_s=1, memory_bytes=500 * MEBIBYTE))

    assert code == -signal.SIGXCPU


async def test_a_silent_child_is_ended_by_the_clock() -> None:
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(DecoderFailed) as failed:
            await output_of("sleep", "600", limits=ProcessLimits(wall_s=0.3, cpu_s=1, memory_bytes=500 * MEBIBYTE))

    assert failed.value.code is FailureCode.TIMEOUT


async def test_grandchildren_are_killed_too(tmp_path: Path) -> None:
    async with running(["sh", "-c", "sleep 600 & echo $!; wait"], LIMITS, lambda _: None) as child:
        grandchild = int(await child.read())
        assert not is_gone(grandchild)

    await until(lambda: is_gone(grandchild))


async def test_a_child_does_not_outlive_a_killed_parent() -> None:
    program = (
        "import asyncio\n"
        "from fiapx_engine.child import ProcessLimits, running\n"
        "async def main():\n"
        "    limits = ProcessLimits(60, 60, 500_000_000)\n"
        "    async with running(['sh', '-c', 'echo $$; exec sleep 600'], limits, print) as child:\n"
        "        print((await child.read()).decode().strip(), flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()

    await until(lambda: is_gone(child))


async def test_endless_lines_are_cut() -> None:
    _, _, told = await python("import sys; sys.stderr.write('x' * 10_000_000 + 'end\\nnext\\n')")

    assert [len(line) for line in told] == [8192, 4]
    assert told[0].endswith("x")
