"""Real clips of many kinds, the plain ffmpeg command line as the oracle, and the engine."""

import hashlib
import shutil
import subprocess
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.auto_engine import AutoEngine
from fiapx_engine.engine import EncodedFrame, Engine
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.frame_plan import Plan, PlanLimits
from fiapx_engine.libav_engine import LIBAV_RATE, LibavEngine, LibavSettings
from fiapx_engine.media import Source
from fiapx_engine.opening import EngineChoice
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.segments import Segment
from fiapx_engine.source_bytes import LocalFile, SourceBytes
from fiapx_engine.spans import WorkRate
from fiapx_testing.clips import Clip, Clips
from fiapx_testing.made_once import made_once
from fiapx_testing.mp4_rotation import set_rotation

FRAMES = 90
SIZE = (320, 180)
X264 = "-c:v libx264 -preset veryfast -crf 20 -sc_threshold 0 -g 15"
X265_HDR = (
    "-pix_fmt yuv420p10le -tag:v hvc1 -c:v libx265 -preset ultrafast "
    "-x265-params log-level=error:keyint=15:colorprim=bt2020:colormatrix=bt2020nc"
)

# name → (the clip that it is made of, ffmpeg's words before -i, and after it)
RECIPES = {
    "h264.mp4": ("base", "", f"{X264} -bf 3 -movflags +faststart"),
    "short_gop.mp4": ("base", "", f"{X264} -g 5 -bf 3"),
    "open_gop.mp4": ("base", "", f"{X264} -bf 3 -x264-params open-gop=1"),
    "open_gop.ts": ("open_gop.mp4", "", "-c copy -bsf:v h264_mp4toannexb,dump_extra=freq=keyframe"),
    "h264.mkv": ("h264.mp4", "", "-c copy"),
    "h264.ts": ("h264.mp4", "", "-c copy"),
    "h264.flv": ("h264.mp4", "", "-c copy"),
    "without_pts.avi": ("h264.mp4", "", "-c copy"),
    "mpeg4_b.avi": ("base", "", "-c:v mpeg4 -bf 2 -g 15 -q:v 3"),
    "mpeg4.avi": ("base", "", "-c:v mpeg4 -g 15 -q:v 3"),
    "mpeg2.mpg": ("base", "", "-c:v mpeg2video -bf 2 -g 15 -q:v 3"),
    "vp9.webm": ("base", "", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 15"),
    "vp8.webm": ("base", "", "-c:v libvpx -deadline realtime -cpu-used 8 -g 15 -b:v 2M"),
    "hevc.mp4": (
        "base",
        "",
        "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=15:bframes=3:open-gop=1 -tag:v hvc1",
    ),
    "hevc.ts": ("hevc.mp4", "", "-c copy"),
    "ten_bit.mp4": (
        "base",
        "",
        "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=15 -pix_fmt yuv420p10le -tag:v hvc1",
    ),
    "ten_bit_422.mov": ("base", "", f"{X264} -bf 2 -pix_fmt yuv422p10le"),
    "intra_refresh.mp4": ("base", "", f"{X264} -x264-params intra-refresh=1:keyint=15"),
    "full_range.mp4": ("base", "", f"{X264} -vf scale=out_range=full -pix_fmt yuvj420p"),
    "edit_list.mp4": ("h264.mp4", "-ss 0.7", "-c copy"),
    "edit_list_open_gop.mp4": ("open_gop.mp4", "-ss 0.7", "-c copy"),
    "vfr_cut.mp4": ("vfr.mp4", "", "-t 2.05 -c copy"),
    "late.mp4": ("h264.mp4", "-f lavfi -i sine=d=4 -itsoffset 0.7", "-map 0:a -map 1:v -c:v copy"),
    "late.ts": ("h264.mp4", "-f lavfi -i sine=d=4 -itsoffset 0.7", "-map 0:a -map 1:v -c:v copy"),
    # a clock that runs over (33 bits) half a second after the beginning: libav counts from below zero
    "negative.ts": (
        "h264.mp4",
        "",
        "-c copy -muxdelay 0 -muxpreload 0 -output_ts_offset -0.5 -avoid_negative_ts disabled",
    ),
    "odd_size.mp4": ("base", "", f"{X264} -vf scale=321:181 -pix_fmt yuv444p"),
    "anamorphic.mp4": ("base", "", f"{X264} -vf setsar=4/3"),
    "interlaced.mp4": ("base", "", f"-vf tinterlace=interleave_top {X264} -flags +ilme+ildct"),
    "interlaced.ts": ("base", "", "-vf tinterlace=interleave_top -c:v mpeg2video -q:v 2 -g 5 -flags +ilme+ildct"),
    "hdr10.mp4": ("base", "", f"{X265_HDR}:transfer=smpte2084"),
    "hlg.mp4": ("base", "", f"{X265_HDR}:transfer=arib-std-b67"),
    "hdr10_8_bit.mp4": (
        "base",
        "",
        f"{X264} -pix_fmt yuv420p -color_trc smpte2084 -color_primaries bt2020 -colorspace bt2020nc",
    ),
    "av1.mp4": ("base", "", "-c:v libsvtav1 -preset 12 -crf 35 -g 15"),
    "prores.mov": ("base", "", "-c:v prores_ks -profile:v 1 -pix_fmt yuv422p10le"),
    "cover_beside.mp4": (
        "h264.mp4",
        "-f lavfi -i testsrc2=s=64x64:d=0.04",
        "-map 1:v -map 0 -c:v:0 copy -c:v:1 mjpeg -frames:v:1 1 -disposition:v:1 attached_pic",
    ),
    "many.mp4": ("base", "-stream_loop 112", "-c:v libx264 -preset ultrafast -g 250 -vf scale=64:36"),
    "two_videos.mkv": ("h264.mp4", "-f lavfi -i testsrc2=s=64x64:d=1", "-map 0 -map 1 -c:v:1 copy -c:v:0 libx264"),
    "wmv2.wmv": ("base", "", "-c:v wmv2 -g 15 -q:v 3"),
    "mjpeg.mov": ("base", "", "-c:v mjpeg -q:v 3"),
    "theora.ogv": ("base", "", "-c:v libtheora -q:v 8 -g 15"),
    "large.mp4": ("base", "", "-c:v libx264 -preset ultrafast -crf 4 -g 15"),
    "packed_rgb.mov": ("short.mp4", "", "-c:v qtrle -pix_fmt rgb24"),
    "single.mp4": ("base", "", f"{X264} -frames:v 1"),
    "short.mp4": ("base", "", f"{X264} -bf 2 -frames:v 7"),
    "audio.mp4": ("base", "-f lavfi -i sine=d=1", "-map 0:a"),
    "cover.mp4": ("base", "-f lavfi -i sine=d=1", "-c:v mjpeg -frames:v 1 -disposition:v attached_pic -shortest"),
    "small.ts": ("base", "", f"{X264} -vf scale=160:90 -frames:v 30"),
    "after_small.ts": ("base", "", f"{X264} -frames:v 40 -output_ts_offset 1"),
    "cuts.mp4": ("cuts", "", f"{X264} -bf 3"),
    "cuts.ts": ("cuts", "", f"{X264} -bf 3 -x264-params open-gop=1"),
    "cuts.avi": ("cuts.mp4", "", "-c copy"),
    "cuts.webm": ("cuts", "", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 15"),
    "cuts_ten_bit.mov": ("cuts", "", f"{X264} -bf 2 -pix_fmt yuv422p10le"),
    "cuts_vfr.mp4": ("cuts", "", f"{X264} -bf 2 -vf select=mod(n\\,7)*mod(n\\,5) -fps_mode vfr"),
    "cuts_edit_list.mp4": ("cuts.mp4", "-ss 0.7", "-c copy"),
    "wide.mp4": ("base", "", "-c:v libx264 -preset ultrafast -vf scale=8200:64 -frames:v 2"),
}

# six pictures, of which two are much alike, and one that moves fast; a cut within a group of pictures each
CUTS = (
    "testsrc2=s=320x180:r=30:d=0.5[a];smptebars=s=320x180:r=30:d=0.7[b];smptehdbars=s=320x180:r=30:d=0.4[c];"
    "color=black:s=320x180:r=30:d=0.6[d];mandelbrot=s=320x180:r=30,trim=duration=0.5[e];"
    "rgbtestsrc=s=320x180:r=30:d=0.3[f];[a][b][c][d][e][f]concat=n=6,format=yuv420p"
)

# packed RGB needs no scaling: it is flipped by nothing but a negative line size
MIRRORED_ALREADY_RGB = "mirrored_rgb.mov"

# name → degrees clockwise, whether it is mirrored as well
TURNED = {
    "rotated_180.mp4": (180, False),
    "rotated_270.mp4": (270, False),
    "mirrored.mp4": (0, True),
    "mirrored_90.mp4": (90, True),
    "mirrored_180.mp4": (180, True),
    "mirrored_270.mp4": (270, True),
}
TURNED_ANAMORPHIC = {"anamorphic_90.mp4": 90, "anamorphic_180.mp4": 180}

MakeClip = Callable[[str], Path]


@pytest.fixture(scope="session")
def make_clip(clips: Clips) -> MakeClip:
    """The clip of a name; each is made once per run."""
    counted: dict[str, Callable[[], Clip]] = {
        "base": lambda: clips.counter(frames=FRAMES, codec="ffv1", container="mkv", gop=1),
        "vfr.mp4": lambda: clips.counter(frames=FRAMES, vfr=True, gop=15, b_frames=2),
        "rotated.mp4": lambda: clips.counter(frames=FRAMES, rotate=90, size=(180, 320), gop=15),
    }

    def make(name: str) -> Path:
        if name in counted:
            return counted[name]().path
        if name == "cuts":
            return made_once(clips.folder / "cuts.mkv", _write_cuts)
        return made_once(clips.folder / name, lambda part: write(name, part))

    def write(name: str, part: Path) -> None:
        if name == "captured.ts":
            _without_its_beginning(make("open_gop.ts"), part)
        elif name == "cuts_rotated.mp4":
            shutil.copy(make("cuts.mp4"), part)
            set_rotation(part, 90, *SIZE)
        elif name in TURNED_ANAMORPHIC:
            shutil.copy(make("anamorphic.mp4"), part)
            set_rotation(part, TURNED_ANAMORPHIC[name], *SIZE)
        elif name in TURNED:
            degrees, mirrored = TURNED[name]
            shutil.copy(make("short.mp4"), part)
            set_rotation(part, degrees, *SIZE, mirrored=mirrored)
        elif name == MIRRORED_ALREADY_RGB:
            shutil.copy(make("packed_rgb.mov"), part)
            set_rotation(part, 0, *SIZE, mirrored=True)
        else:
            origin, before, after = RECIPES[name]
            words = ["ffmpeg", "-v", "error", "-y", *before.split(), "-i", str(make(origin)), *after.split()]
            subprocess.run([*words, str(part)], check=True, timeout=120)

    return make


def _write_cuts(part: Path) -> None:
    words = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", CUTS, "-c:v", "ffv1", "-f", "matroska"]
    subprocess.run([*words, str(part)], check=True, timeout=120)


def _without_its_beginning(source: Path, path: Path) -> None:
    data = source.read_bytes()
    path.write_bytes(data[188 * (len(data) // 188 // 4) :])


@dataclass(frozen=True)
class Extraction:
    source: Source
    plan: Plan
    frames: list[EncodedFrame]
    helped: bool
    """Whether ffmpeg did some of it."""

    @property
    def numbers(self) -> list[int]:
        """The source's frame numbers, one for each entry."""
        return [entry.frame for frame in self.frames for entry in frame.entries]

    @property
    def images(self) -> list[bytes]:
        return [frame.data for frame in self.frames for _ in frame.entries]

    @property
    def pixels(self) -> list[str]:
        """A hash of each entry's pixels, decoded by ffmpeg."""
        picture = self.source.picture
        size = picture.width * picture.height * (6 if picture.deep else 3)
        words = ["-f", "image2pipe", "-c:v", "png", "-i", "-", "-fps_mode", "passthrough"]
        raw = _ffmpeg(*words, *_pixel_format(self.source), "-f", "rawvideo", "-", given=b"".join(self.images))
        return [hashlib.md5(raw[at : at + size]).hexdigest() for at in range(0, len(raw), size)]


class Helper(FfmpegEngine):
    """ffmpeg behind libav, which notes that it was needed."""

    asked = 0

    async def probe(self, source: SourceBytes) -> Source:
        self.asked += 1
        return await super().probe(source)

    async def extract(self, source: SourceBytes, segment: Segment) -> AsyncGenerator[EncodedFrame, None]:
        self.asked += 1
        async with aclosing(super().extract(source, segment)) as frames:
            async for frame in frames:
                yield frame


class Bench:
    """One engine, asked from probe to images, for any number of tests, each with its own event loop."""

    def __init__(self, choice: EngineChoice, server: ForkServer, sure: FfmpegSettings, fast: LibavSettings) -> None:
        self._helper = Helper(sure, server)
        self.engine: Engine = self._helper
        if choice != "ffmpeg":
            self.engine = AutoEngine(LibavEngine(fast, server), self._helper)
        self._done: dict[tuple[Path, str, str], Extraction] = {}

    async def extracted_once(self, path: Path, rule: str, fps: str) -> Extraction:
        """The same as before where it was asked before."""
        key = (path, rule, fps)
        if key not in self._done:
            self._done[key] = await self.extract(path, rule, fps)
        return self._done[key]

    async def extract(self, path: Path, rule: str, fps: str, **request: Any) -> Extraction:
        asked, engine = self._helper.asked, self.engine
        video = LocalFile(path)
        source = await engine.probe(video)
        wanted = ExtractionRequest(rule, Fraction(fps), **request)  # type: ignore[arg-type]  # named by the test
        plan = await engine.plan(source, await engine.completed(video, source, wanted))
        frames: list[EncodedFrame] = []
        for segment in plan.segments:
            async with aclosing(engine.extract(video, segment)) as made:
                frames += [frame async for frame in made]
        return Extraction(source, plan, frames, self._helper.asked > asked)


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.fixture(scope="session", params=["ffmpeg", "auto"])
def engine_choice(request: pytest.FixtureRequest) -> EngineChoice:
    chosen: EngineChoice = request.param
    return chosen


@pytest.fixture(scope="session")
def bench(engine_choice: EngineChoice, fork_server: ForkServer) -> Bench:
    return Bench(engine_choice, fork_server, FfmpegSettings(), LibavSettings())


@pytest.fixture(scope="session")
def both_benches(fork_server: ForkServer) -> tuple[Bench, Bench]:
    """On ffmpeg alone, and on libav: for tests that compare them."""
    sure, fast = FfmpegSettings(), LibavSettings()
    return Bench("ffmpeg", fork_server, sure, fast), Bench("auto", fork_server, sure, fast)


@pytest.fixture(scope="session")
def chopping_bench(engine_choice: EngineChoice, fork_server: ForkServer) -> Bench:
    """Seeks wherever it can, and makes a segment of each group of pictures, libav one of a few."""
    limits = PlanLimits(segment_work_s=0, work_rate=WorkRate(restart_ns=0))
    sure = FfmpegSettings(sequential_work_s=0, plan_limits=limits)
    few = PlanLimits(segment_work_s=1, work_rate=WorkRate(restart_ns=0, frame_ns=250_000_000))
    return Bench(engine_choice, fork_server, sure, LibavSettings(plan_limits=few))


@pytest.fixture
def cut_benches(fork_server: ForkServer) -> list[Bench]:
    """On libav, with segments of ever fewer frames."""
    limits = [PlanLimits(segment_frames=most, work_rate=LIBAV_RATE) for most in (1500, 20, 7)]
    return [Bench("auto", fork_server, FfmpegSettings(), LibavSettings(plan_limits=most)) for most in limits]


@pytest.fixture
def hasty_bench(engine_choice: EngineChoice, fork_server: ForkServer) -> Bench:
    """Makes the first segments as small as a service does for long work, here for any."""
    limits = PlanLimits(first_segment_work_s=0.01, work_rate=WorkRate(restart_ns=0))
    return Bench(engine_choice, fork_server, FfmpegSettings(plan_limits=limits), LibavSettings(plan_limits=limits))


class Oracle:
    """The plain command line."""

    def frames(self, path: Path, source: Source) -> list[str]:
        """A hash of each frame that ffmpeg shows of the chosen stream, at its displayed size."""
        return self._hashes(path, source, [], "passthrough")

    def filtered(self, path: Path, source: Source, *filters: str) -> list[str]:
        """What `ffmpeg -i path -vf filters frame_%d.png` writes."""
        return self._hashes(path, source, list(filters), "cfr")

    def selected(self, path: Path, source: Source, *filters: str) -> list[str]:
        """As `frames`, what such filters let through."""
        return self._hashes(path, source, list(filters), "passthrough")

    def scenes(self, path: Path, source: Source, threshold: str) -> list[int]:
        """The numbers of the frames that ffmpeg's select filter takes for a scene's first."""
        chain = f"setpts=N,select='eq(n,0)+gt(scene,{threshold})',metadata=print:file=-"
        told = _ffmpeg("-i", str(path), "-map", f"0:{source.stream}", "-vf", chain, "-f", "null", "-").decode()
        return [int(line.split()[1].removeprefix("pts:")) for line in told.splitlines() if line.startswith("frame:")]

    def _hashes(self, path: Path, source: Source, filters: list[str], mode: str) -> list[str]:
        size = f"scale={source.picture.width}:{source.picture.height}"
        square = [size] if path.name == "anamorphic.mp4" else []
        words = ["-i", str(path), "-map", f"0:{source.stream}", "-vf", ",".join([*filters, *square]) or "null"]
        told = _ffmpeg(*words, "-fps_mode", mode, *_pixel_format(source), "-f", "framemd5", "-").decode()
        return [line.split(",")[5].strip() for line in told.splitlines() if not line.startswith("#")]


@pytest.fixture
def oracle() -> Oracle:
    return Oracle()


def _pixel_format(source: Source) -> list[str]:
    return ["-pix_fmt", "rgb48be" if source.picture.deep else "rgb24"]


def _ffmpeg(*words: str, given: bytes | None = None) -> bytes:
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin" if given is None else "-y", *words],
        input=given,
        capture_output=True,
        check=True,
        timeout=120,
    )
    return done.stdout
