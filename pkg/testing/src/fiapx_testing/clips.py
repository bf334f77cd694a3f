"""Makes real clips whose frames carry their own number."""

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from fiapx_testing.frame_counter import CELLS, ROW_SHARE, cells
from fiapx_testing.made_once import made_once
from fiapx_testing.mp4_rotation import set_rotation

_BLACK, _WHITE, _GREY = 16, 235, 128
_TIMEOUT_S = 300
_TICKS_PER_S = 90_000
_GAP_AFTER = 3
"""A variable rate clip shows every third frame twice as long."""

_ENCODERS = {
    "h264": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-sc_threshold", "0"],
    "hevc": ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "26", "-tag:v", "hvc1"],
    "vp9": ["-c:v", "libvpx-vp9", "-b:v", "1M", "-deadline", "realtime", "-cpu-used", "8"],
    "mpeg4": ["-c:v", "mpeg4", "-q:v", "4"],
    "mpeg2video": ["-c:v", "mpeg2video", "-q:v", "4"],
    "mjpeg": ["-c:v", "mjpeg", "-q:v", "4"],
    "prores": ["-c:v", "prores_ks", "-profile:v", "0"],
    "ffv1": ["-c:v", "ffv1"],
}
_AUDIO = {"webm": "libopus", "avi": "libmp3lame"}
_UPRIGHT_BEFORE_ROTATION = {0: "null", 90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}


@dataclass(frozen=True)
class Clip:
    """A real video file and what is true of it."""

    path: Path
    times_s: tuple[Fraction, ...]
    """When each frame is shown, from the first; frame n carries the number n."""
    duration_s: Fraction
    """Until the last frame's end."""
    width: int
    """As shown, after rotation."""
    height: int


@dataclass(frozen=True)
class ClipSpec:
    """What a clip shall be like; equal specs are one file."""

    frames: int = 60
    fps: Fraction = Fraction(30)
    size: tuple[int, int] = (320, 180)
    """As shown, after rotation."""
    codec: str = "h264"
    """h264, hevc, vp9, mpeg4, mpeg2video, mjpeg, prores or ffv1."""
    container: str = "mp4"
    """The file's extension, which tells ffmpeg the format."""
    gop: int = 30
    """Frames from one keyframe to the next."""
    b_frames: int = 0
    audio: bool = False
    rotate: int = 0
    """Degrees clockwise that a player must turn the stored picture: 0, 90, 180 or 270 (mp4 and mov)."""
    vfr: bool = False
    """Every third frame is shown twice as long."""
    pixel_format: str = "yuv420p"

    def times_s(self) -> tuple[Fraction, ...]:
        return tuple((n + (n // _GAP_AFTER if self.vfr else 0)) / self.fps for n in range(self.frames + 1))


@dataclass(frozen=True)
class Clips:
    """Makes clips in a folder, which several processes may share; each is made once."""

    folder: Path

    def counter(
        self,
        *,
        frames: int = 60,
        fps: Fraction | str | float = 30,
        size: tuple[int, int] = (320, 180),
        codec: str = "h264",
        container: str = "mp4",
        gop: int = 30,
        b_frames: int = 0,
        audio: bool = False,
        rotate: int = 0,
        vfr: bool = False,
        pixel_format: str = "yuv420p",
    ) -> Clip:
        """A clip whose frame n shows n; see ClipSpec for what the arguments mean."""
        spec = ClipSpec(frames, Fraction(fps), size, codec, container, gop, b_frames, audio, rotate, vfr, pixel_format)
        name = hashlib.sha256(repr(spec).encode()).hexdigest()[:16]
        path = made_once(self.folder / f"{name}.{container}", lambda part: _make(spec, part))
        *times, end = spec.times_s()
        return Clip(path, tuple(times), end, *size)


def _make(spec: ClipSpec, part: Path) -> None:
    with subprocess.Popen([*_input(spec), *_output(spec), str(part)], stdin=subprocess.PIPE) as ffmpeg:
        if ffmpeg.stdin is None:
            raise AssertionError("ffmpeg has no input")
        for picture in _pictures(spec):
            ffmpeg.stdin.write(picture)
        ffmpeg.stdin.close()
        if ffmpeg.wait(_TIMEOUT_S) != 0:
            raise ClipNotMade(f"ffmpeg could not make {spec}")
    if spec.rotate:
        width, height = spec.size if spec.rotate == 180 else reversed(spec.size)
        set_rotation(part, spec.rotate, width, height)


class ClipNotMade(RuntimeError):
    """ffmpeg refused."""


def _input(spec: ClipSpec) -> list[str]:
    width, height = spec.size
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p"]
    argv += ["-s", f"{width}x{height}", "-r", str(spec.fps), "-i", "pipe:"]
    if spec.audio:
        argv += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={float(spec.times_s()[-1])}"]
    return argv


def _output(spec: ClipSpec) -> list[str]:
    filters = [_UPRIGHT_BEFORE_ROTATION[spec.rotate]]
    argv = [*_ENCODERS[spec.codec], "-g", str(spec.gop), "-pix_fmt", spec.pixel_format, "-threads", "2"]
    if spec.b_frames or spec.codec == "h264":
        argv += ["-bf", str(spec.b_frames)]
    if spec.vfr:
        filters.append(f"setpts=(N+floor(N/{_GAP_AFTER}))/({spec.fps})/TB")
        argv += ["-fps_mode", "vfr", "-enc_time_base", f"1:{_TICKS_PER_S}"]
        if spec.container in ("mp4", "mov"):
            argv += ["-video_track_timescale", str(_TICKS_PER_S)]
    if spec.audio:
        argv += ["-c:a", _AUDIO.get(spec.container, "aac"), "-b:a", "64k"]
    if spec.codec == "hevc":
        argv += ["-x265-params", f"log-level=error:keyint={spec.gop}:scenecut=0:bframes={spec.b_frames}"]
    return ["-vf", ",".join(filters), *argv]


def _pictures(spec: ClipSpec) -> Iterator[bytes]:
    """The frames as planar YUV 4:2:0: the number above a gradient that moves."""
    width, height = spec.size
    row_height = height // ROW_SHARE
    gradient = bytes(_BLACK + (x * 2) % (_WHITE - _BLACK) for x in range(width)) * 2
    chroma = bytes([_GREY]) * (2 * ((width + 1) // 2) * ((height + 1) // 2))
    edges = [cell * width // CELLS for cell in range(CELLS + 1)]
    for number in range(spec.frames):
        row = b"".join(
            bytes([_WHITE if white else _BLACK]) * (right - left)
            for white, left, right in zip(cells(number), edges[:-1], edges[1:], strict=True)
        )
        rest = (gradient[(3 * number + y) % width :][:width] for y in range(height - row_height))
        yield row * row_height + b"".join(rest) + chroma
