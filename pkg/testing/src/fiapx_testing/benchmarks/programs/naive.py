"""What many do: `naive VIDEO FPS` in an empty folder, which leaves `frames.zip`."""

import subprocess
import sys
import zipfile
from pathlib import Path


def main(video: str, fps: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-i", video, "-vf", f"fps={fps}", "-y", "frame_%04d.png"], check=True)
    with zipfile.ZipFile("frames.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for image in sorted(Path().glob("frame_*.png")):
            archive.write(image)


if __name__ == "__main__":
    main(*sys.argv[1:])
