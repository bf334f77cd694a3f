"""What is compared, and what each comparison must come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from fiapx_testing.benchmarks import contenders

_PNG: Final = {"rule": "ffmpeg_fps", "fps": 1}
_SPARSE: Final = {"rule": "ffmpeg_fps", "fps": "1/10"}


@dataclass(frozen=True)
class Comparison:
    """CPU of `one` ÷ CPU of `other`: at least so much, or at most where `at_most` says so."""

    name: str
    clip: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    bound: float
    at_most: bool = False
    same_pixels: bool = False

    def holds(self, ratio: float) -> bool:
        return ratio <= self.bound if self.at_most else ratio >= self.bound


def comparisons(paths: Mapping[str, PurePath]) -> Sequence[Comparison]:
    """By the clips' names."""

    def against_naive(name: str, clip: str, bound: float, fps: str = "1") -> Comparison:
        video = str(paths[clip])
        sampling = _PNG if fps == "1" else _SPARSE
        ours = contenders.engine(video, {"sampling": sampling})
        return Comparison(name, clip, tuple(contenders.naive(video, fps)), tuple(ours), bound, same_pixels=True)

    long = str(paths["h264-1080p-90s.mp4"])
    short = str(paths["h264-1080p.mp4"])
    sparse = tuple(contenders.naive(long, "1/10"))
    near = {"sampling": {"rule": "fps", "fps": "1/10"}, "tolerance_s": 5}
    return [
        against_naive("PNG, 1 frame a second", "h264-1080p-90s.mp4", 2.7),
        against_naive("PNG, 1 frame a second", "h264-720p-90s.mp4", 2.7),
        against_naive("PNG, 1 frame a second of 24 s (starting counts)", "h264-1080p.mp4", 2.4),
        against_naive("PNG, 1 frame a second of 24 s (starting counts)", "h264-720p.mp4", 2.1),
        against_naive("PNG, 1 frame a second", "h264-1080p-grain.mp4", 2.5),
        against_naive("PNG, 1 frame a second", "hevc-10bit-1080p.mp4", 2.8),
        against_naive("PNG, 1 frame a second", "vp9-720p.webm", 1.6),
        against_naive("PNG, 1 frame a second", "bikes-640x272.mp4", 1.2),
        against_naive("PNG, 1 frame in 10 s", "h264-1080p-90s.mp4", 4.4, fps="1/10"),
        Comparison(
            "PNG, 1 frame in 10 s, any within 5 s",
            "h264-1080p-90s.mp4",
            sparse,
            tuple(contenders.engine(long, near)),
            15,
        ),
        Comparison(
            "PNG, keyframes, against 1 frame in 10 s",
            "h264-1080p-90s.mp4",
            sparse,
            tuple(contenders.engine(long, {"sampling": {"rule": "keyframes"}})),
            15,
        ),
        Comparison(
            "JPEG, 1 frame a second, against ffmpeg's own",
            "h264-1080p.mp4",
            tuple(contenders.ffmpeg_jpeg(short, "1")),
            tuple(contenders.engine(short, {"sampling": _PNG, "format": "jpeg"})),
            1.4,
        ),
        Comparison(
            "engine ÷ decoding alone (-skip_frame noref), one thread",
            "h264-1080p.mp4",
            tuple(contenders.engine(short, {"sampling": _PNG}, threads=1)),
            tuple(contenders.floor(short)),
            1.25,
            at_most=True,
        ),
    ]


COMPARED: Final = (
    "h264-1080p-90s.mp4",
    "h264-720p-90s.mp4",
    "h264-1080p.mp4",
    "h264-720p.mp4",
    "h264-1080p-grain.mp4",
    "hevc-10bit-1080p.mp4",
    "vp9-720p.webm",
    "bikes-640x272.mp4",
)
