"""Runs of ffmpeg and ffprobe: their output as it comes, their ends judged."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from fiapx_models.failures import FailureCode

from fiapx_engine.child import CPU_TIME_UP, ProcessLimits, lines, running
from fiapx_engine.damage import Arrival, SalvageWatch
from fiapx_engine.decoder_log import FrameLog, RunWatch, SeenFrame
from fiapx_engine.errors import DecoderFailed, EngineError, FramesLost
from fiapx_engine.image_stream import NotImage, Splitter
from fiapx_engine.segments import Entry

_OUTPUT_BYTES = 16 * 1024 * 1024

Image = tuple[tuple[Entry, ...], bytes]


async def whole_output(arguments: Sequence[str], limits: ProcessLimits) -> tuple[bytes, int, FrameLog]:
    """Stdout, exit code and log of a tool that says little.

    Raises:
        DecoderFailed: it says more than 16 MiB, takes too long, or was ended by a signal.
    """
    log = FrameLog()
    output = bytearray()
    async with running(arguments, limits, _into(log)) as child:
        while data := await child.read():
            output += data
            if len(output) > _OUTPUT_BYTES:
                raise DecoderFailed(FailureCode.DECODER_CRASHED, "endless output")
        code = await child.exit_code()
        _raise_for_signal(code, log)
        return bytes(output), code, log


async def output_lines(
    arguments: Sequence[str], limits: ProcessLimits, on_log: Callable[[str], None]
) -> AsyncGenerator[str, None]:
    """Stdout line by line, stderr to `on_log`; both are complete when it ends."""
    log = FrameLog()

    def on_line(line: str) -> None:
        log.read(line)
        on_log(line)

    async with running(arguments, limits, on_line) as child:
        async for line in lines(child.read):
            yield line
        _raise_for_signal(await child.exit_code(), log)


async def watched_frames(arguments: Sequence[str], limits: ProcessLimits) -> AsyncGenerator[SeenFrame, None]:
    """Each frame that the decoder gives, in its order."""
    log = FrameLog()
    seen: asyncio.Queue[SeenFrame | None] = asyncio.Queue()

    def on_line(line: str) -> None:
        if frame := log.read(line):
            seen.put_nowait(frame)

    async with running(arguments, limits, on_line) as child:
        ended = asyncio.create_task(child.exit_code())
        ended.add_done_callback(lambda _: seen.put_nowait(None))
        try:
            while (frame := await seen.get()) is not None:
                yield frame
            _raise_for_signal(await ended, log)
        finally:
            ended.cancel()


async def images(
    arguments: Sequence[str], watch: RunWatch, groups: int, limits: ProcessLimits, splitter: Splitter
) -> AsyncGenerator[Image, None]:
    """So many images of a run with the entries that they answer, each proved by its frame's time and number.

    Raises:
        FramesLost: the decoder ended, or went another way, before the last wanted frame.
        DecoderFailed: it crashed, had no time or no memory left, or never began.
    """
    log = FrameLog()
    told: asyncio.Queue[tuple[Entry, ...] | FramesLost] = asyncio.Queue()
    lost: list[FramesLost] = []

    def on_line(line: str) -> None:
        frame = log.read(line)
        if frame is None or lost:
            return
        try:
            if entries := watch.see(frame):
                told.put_nowait(entries)
        except FramesLost as error:
            lost.append(error)
            told.put_nowait(error)

    async with running(arguments, limits, on_line) as child:
        while groups and (data := await child.read()):
            for image in _split(splitter, data):
                entries = await child.wall_time.within(told.get())
                if isinstance(entries, FramesLost):
                    raise entries
                groups -= 1
                yield entries, image
        if groups:
            raise _reason(await child.exit_code(), log, lost, groups)


async def salvaged(
    arguments: Sequence[str], watch: SalvageWatch, limits: ProcessLimits, splitter: Splitter
) -> AsyncGenerator[Image, None]:
    """The images that still come out of a damaged run; the watch is finished with it.

    Raises:
        DecoderFailed: it crashed, or had no time or no memory left.
    """
    log, told = FrameLog(), asyncio.Queue[Arrival]()

    def on_line(line: str) -> None:
        frame = log.read(line)
        if frame is not None and (arrival := watch.see(frame)):
            told.put_nowait(arrival)

    async with running(arguments, limits, on_line) as child:
        while data := await child.read():
            for image in _split(splitter, data):
                arrival = await child.wall_time.within(told.get())
                if arrival.entries:
                    yield arrival.entries, image
        _raise_for_signal(await child.exit_code(), log)
    watch.finish()


def _into(log: FrameLog) -> Callable[[str], None]:
    def on_line(line: str) -> None:
        log.read(line)

    return on_line


def _split(splitter: Splitter, data: bytes) -> list[bytes]:
    try:
        return list(splitter.feed(data))
    except NotImage as error:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, f"unreadable output: {error}") from error


def _reason(code: int, log: FrameLog, lost: Sequence[FramesLost], missing: int) -> EngineError:
    _raise_for_signal(code, log)
    if lost:
        return lost[0]
    if code and not log.frames and not log.broken:
        return DecoderFailed(FailureCode.DECODER_CRASHED, f"exit code {code} before any frame: {log.summary()}")
    return FramesLost(f"{missing} wanted frames did not come: {log.summary()}")


def _raise_for_signal(code: int, log: FrameLog) -> None:
    if code == CPU_TIME_UP:
        raise DecoderFailed(FailureCode.TIMEOUT, "the decoder's CPU time is used up")
    if code < 0:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, f"ended by signal {-code}: {log.summary()}")
    if log.out_of_memory:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, f"out of memory: {log.summary()}")
