"""What libav itself says is wrong: a decoder that conceals an error gives a frame all the same."""

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import av.logging

_KEPT: Final = 100
_HARMLESS: Final = re.compile(r"mmco: unref short failure")
"""H.264 tells to forget a picture from before the seek, which was never there (h264_refs.c)."""


class Complaints:
    """Messages of at least a warning, in the form that ffmpeg prints them; `errors` counts those that are errors."""

    def __init__(self, logs: list[tuple[int, str, str]]) -> None:
        self._logs = logs
        self.errors = 0
        self.lines: deque[str] = deque(maxlen=_KEPT)

    def take(self) -> int:
        """Errors since the last look."""
        fresh, before = self._logs[:], self.errors
        self._logs.clear()
        for level, name, message in fresh:
            word = "error" if level <= av.logging.ERROR else "warning"
            self.errors += word == "error" and not _HARMLESS.search(message)
            self.lines.append(f"[{name} @ 0x0] [{word}] {message.strip()}")
        return self.errors - before


@contextmanager
def listening() -> Iterator[Complaints]:
    """Of all threads, from now on."""
    av.logging.set_level(av.logging.WARNING)
    av.logging.set_skip_repeated(False)
    with av.logging.Capture(local=False) as logs:
        yield Complaints(logs)
