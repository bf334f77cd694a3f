"""What a decoder child does: it serves one source, over the Unix socket that is its standard input.

Commands: `headers`, `packets`, `watch`, `frames`, `extract`, `encode`; each is answered by messages, the last of which
says `done`, or by `failed`. It ends when the parent hangs up.
"""

import socket
import sys
from itertools import islice
from typing import TYPE_CHECKING, Final

from av.error import FFmpegError

from fiapx_engine.errors import FramesLost
from fiapx_engine.libav.byte_input import ByteInput, from_descriptor, from_parent
from fiapx_engine.libav.columns import TYPES
from fiapx_engine.libav.complaints import Complaints, listening
from fiapx_engine.libav.extracting import extract
from fiapx_engine.libav.imaging import Image, Imaging
from fiapx_engine.libav.packet_scan import scan
from fiapx_engine.libav.watching import Watching
from fiapx_engine.libav.wire import ChildWire, Head, WireBroken
from fiapx_engine.segments import Entry, Picture, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DETAIL_LETTERS: Final = 300


class Child:
    """Answers commands one after another."""

    def __init__(self, wire: ChildWire, source: ByteInput, complaints: Complaints) -> None:
        self._wire = wire
        self._source = source
        self._complaints = complaints
        self._watching = Watching(source.again(), complaints)
        self._seen: Iterator[Head] = iter(())
        self._commands = {
            "headers": self._headers,
            "packets": self._packets,
            "watch": self._watch,
            "frames": self._frames,
            "extract": self._extract,
            "encode": self._encode,
        }

    def serve(self) -> None:
        while True:
            command, body = self._wire.receive()
            try:
                self._commands[command["do"]](command, body)
            except (WireBroken, BrokenPipeError, ConnectionResetError):
                raise  # before FFmpegError, of which PyAV has children that are these as well
            except FramesLost as error:
                self._wire.send({"failed": "lost", "detail": error.detail})
            except FFmpegError as error:
                self._complaints.take()
                said = " | ".join([str(error.strerror), *list(self._complaints.lines)[-2:]])
                self._wire.send({"failed": type(error).__name__, "detail": said})
            except Exception as error:  # noqa: BLE001 - PyAV's or ours: the parent asks the other engine
                self._wire.send({"failed": type(error).__name__, "detail": str(error)[:_DETAIL_LETTERS]})

    def _headers(self, _: Head, __: bytearray) -> None:
        self._wire.send({"done": self._watching.headers()})

    def _packets(self, command: Head, _: bytearray) -> None:
        self._complaints.take()
        self._complaints.lines.clear()
        columns = scan(self._source, self._watching.format_name, command["stream"], command["most"])
        self._complaints.take()
        for name in TYPES:
            self._wire.send({"column": name}, getattr(columns, name).tobytes())
        self._wire.send({"done": list(self._complaints.lines)})

    def _watch(self, command: Head, _: bytearray) -> None:
        """Prepares `frames`."""
        self._seen = (
            {
                "pts": frame.pts,
                "key": bool(frame.key_frame),
                "type": int(frame.pict_type),
                "broken": broken,
                "interlaced": bool(frame.interlaced_frame),
            }
            for frame, broken in self._watching.frames(command["stream"], command["seek_us"])
        )
        self._wire.send({"done": None})

    def _frames(self, command: Head, _: bytearray) -> None:
        """The next frames, fewer than asked for only at the end."""
        self._wire.send({"done": list(islice(self._seen, command["count"]))})

    def _extract(self, command: Head, _: bytearray) -> None:
        self._watching.close()
        segment = Segment.from_json(command["segment"])
        for entries, image in extract(self._source, segment, command["threads"], self._complaints):
            self._send(entries, image)
        self._wire.send({"done": None})

    def _encode(self, command: Head, raw: bytearray) -> None:
        """A frame that another decoded, given as raw bytes."""
        self._send((), Imaging(Picture.from_json(command["picture"])).image_of_raw(raw))
        self._wire.send({"done": None})

    def _send(self, entries: "Sequence[Entry]", image: Image) -> None:
        told = None if image.scores is None else image.scores.as_json()
        self._wire.send({"image": [entry.index for entry in entries], "scores": told}, image.data)


def serve() -> int:
    """Until the parent hangs up; the exit code."""
    wire = ChildWire(socket.socket(fileno=sys.stdin.fileno()))
    try:
        descriptor = wire.opened()
        first, _ = wire.receive()
        size_bytes = first["size_bytes"]
        fetch = from_parent(wire, size_bytes) if descriptor is None else from_descriptor(descriptor)
        with listening() as complaints:
            Child(wire, ByteInput(fetch, size_bytes), complaints).serve()
    except (WireBroken, BrokenPipeError, ConnectionResetError):
        return 0
    return 0
