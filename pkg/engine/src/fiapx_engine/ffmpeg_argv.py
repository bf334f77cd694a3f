"""Argument lists for ffmpeg and ffprobe: pure, and without a word that a user wrote."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import ffmpeg
from fiapx_models.qualities import QUALITIES

from fiapx_engine.containers import FORMATS
from fiapx_engine.filters import filters
from fiapx_engine.image_formats import JPEG, WEBP
from fiapx_engine.scenes import SceneSearch
from fiapx_engine.segments import Entry, Picture, Run, Segment

_LOG = ["-hide_banner", "-loglevel", "repeat+level+info"]
_GUARDED = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
_SHOW_ALL = "showinfo=checksum=0"
_TERMS_PER_LEAF = 16
_QSCALE_AT_FACTOR_1 = 17
_MIDDLE_QUALITY = 50


def probe_headers(ffprobe: str, source: Path) -> list[str]:
    """Streams and container as JSON on stdout."""
    return [
        *_probing(ffprobe),
        "-show_streams",
        "-show_format",
        "-of",
        "json",
        _url(source),
    ]


def probe_packets(ffprobe: str, source: Path, stream: int) -> list[str]:
    """A line `pts,dts,duration,pos,flags` for each packet of one stream."""
    return [
        *_probing(ffprobe),
        "-select_streams",
        str(stream),
        "-show_packets",
        "-show_entries",
        "packet=pts,dts,duration,pos,flags",
        "-of",
        "csv=p=0",
        _url(source),
    ]


def watch_frames(ffmpeg_path: str, source: Path, stream: int, *, seek_us: int | None, threads: int) -> list[str]:
    """Decodes from a keyframe or the beginning, tells each frame on stderr, and writes nothing."""
    read = ffmpeg.input(_url(source), **_reading(seek_us, threads))
    written = read[str(stream)].output("-", format="null", vf=_SHOW_ALL, fps_mode="passthrough")
    return _compiled(written, ffmpeg_path)


def find_scenes(
    ffmpeg_path: str, source: Path, stream: int, search: SceneSearch, *, threshold: Fraction, threads: int
) -> list[str]:
    """Tells on stderr each frame that is the first of the range, or has a scene score above the threshold.

    Where frames are known by their number, that stands as their pts, counted from the range's first frame.
    """
    unit = "frame" if search.by_number else "pts"
    stop = [] if search.stop is None else [f"end_{unit}={search.stop}"]
    chain = [
        f"trim={':'.join([f'start_{unit}={search.start}', *stop])}",
        *(("setpts=N",) if search.by_number else ()),
        f"select='eq(n,0)+gt(scene,{float(threshold)!r})'",
        _SHOW_ALL,
    ]
    read = ffmpeg.input(_url(source), **_reading(search.seek_us, threads))
    written = read[str(stream)].output("-", format="null", vf=",".join(chain), fps_mode="passthrough")
    return _compiled(written, ffmpeg_path)


def extract_run(
    ffmpeg_path: str, source: Path, segment: Segment, run: Run, *, threads: int, salvaging: bool = False
) -> list[str]:
    """Decodes one run, tells each frame on stderr, and writes the wanted ones as images to stdout.

    It ends with as many images as are wanted; `salvaging`, when fewer may come, also after the last one's time.
    """
    wanted, picture = run.wanted(), segment.picture
    variable = "n" if run.by_number else "pts"
    chain = [
        _SHOW_ALL,
        *((_until(wanted[-1][0], variable),) if salvaging else ()),
        *(_deinterlaced(segment.time_base) if picture.deinterlace else ()),
        f"select='{selecting([entries[0] for entries in wanted], variable)}'",
        *(f"{name}={arguments}" if arguments else name for name, arguments in filters(picture)),
    ]
    read = ffmpeg.input(_url(source), **_reading(run.seek_us, threads))
    written = read[str(segment.stream)].output(
        "pipe:1",
        format="rawvideo" if segment.raw else "image2pipe",
        vf=",".join(chain),
        fps_mode="passthrough",
        frames=len(wanted),
        threads=threads,
        **({"vcodec": "rawvideo"} if segment.raw else encoder(picture)),
    )
    return _compiled(written, ffmpeg_path)


def _until(last: Entry, variable: str) -> str:
    return f"trim=end_frame={last.frame + 1}" if variable == "n" else f"trim=end_pts={last.pts + 1}"


def _deinterlaced(time_base: Fraction) -> tuple[str, str]:
    """One frame of each that is interlaced; the filter halves the time base, by which frames are selected."""
    return "bwdif=send_frame:auto:interlaced", f"settb={time_base.numerator}/{time_base.denominator}"


def encoder(picture: Picture) -> dict[str, object]:
    """Which encoder, and its options."""
    if picture.format == JPEG.name:
        scale = qscale(picture.quality or QUALITIES[JPEG.name])
        return {"vcodec": "mjpeg", "q:v": scale, "qmin": 1, "thread_type": "frame"}
    if picture.format == WEBP.name:
        return {"vcodec": "libwebp", "quality": picture.quality or QUALITIES[WEBP.name]}
    return {"vcodec": "png", "pred": "up", "compression_level": 1}


def qscale(quality: int) -> int:
    """Ffmpeg's scale for JPEG, 1 (best) to 31, for a quality of 1 to 100 as libjpeg has it.

    Both multiply a table of divisors. libjpeg's factor is 50 / quality below 50 and 2 - quality / 50 from there on;
    at factor 1 its table sums up to what ffmpeg's has at 17. So 100 is 1, 90 is 3, 75 is 9, 50 is 17, and
    all below 28 is 31.
    """
    factor = 50 / quality if quality < _MIDDLE_QUALITY else 2 - quality / 50
    return max(1, min(31, int(_QSCALE_AT_FACTOR_1 * factor + 0.5)))


def selecting(entries: Sequence[Entry], variable: str) -> str:
    """A select expression that is true for these frames only: a balanced tree, since ffmpeg's parser nests 100 deep.

    Neighbouring frames become one range, so that wanting all frames of a stretch is one comparison.
    """
    ranges = [(_value(first, variable), _value(last, variable)) for first, last in _neighbours(entries)]
    return _tree(ranges, variable)


def _neighbours(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    starts = [0, *(at for at, (one, two) in enumerate(pairwise(entries), start=1) if two.frame != one.frame + 1)]
    ends = [*(start - 1 for start in starts[1:]), len(entries) - 1]
    return [(entries[start], entries[end]) for start, end in zip(starts, ends, strict=True)]


def _value(entry: Entry, variable: str) -> int:
    return entry.frame if variable == "n" else entry.pts


def _tree(ranges: Sequence[tuple[int, int]], variable: str) -> str:
    if len(ranges) <= _TERMS_PER_LEAF:
        return "+".join(
            f"eq({variable},{low})" if low == high else f"between({variable},{low},{high})" for low, high in ranges
        )
    middle = len(ranges) // 2
    left, right = _tree(ranges[:middle], variable), _tree(ranges[middle:], variable)
    return f"if(lt({variable},{ranges[middle][0]}),{left},{right})"


def _reading(seek_us: int | None, threads: int) -> dict[str, object]:
    """Input options: true timestamps, frames as they are stored, and from a seek on every frame that comes."""
    options: dict[str, object] = {**_GUARDED, "copyts": None, "noautorotate": None, "threads": threads}
    if seek_us is not None:
        options |= {"ss": f"{seek_us}us", "seek_timestamp": 1, "noaccurate_seek": None}
    return options


def _probing(ffprobe: str) -> list[str]:
    guard = [word for name, value in _GUARDED.items() for word in (f"-{name}", value)]
    return [ffprobe, "-hide_banner", "-loglevel", "repeat+level+warning", *guard]


def _compiled(written: "ffmpeg.nodes.OutputStream", ffmpeg_path: str) -> list[str]:
    arguments: list[str] = written.global_args(*_LOG, "-nostats", "-nostdin").compile(cmd=ffmpeg_path)
    return arguments


def _url(path: Path) -> str:
    return f"file:{path}"
