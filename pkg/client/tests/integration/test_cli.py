"""`fiapx extract --local` on real clips."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fiapx_testing.clips import Clips
from fiapx_testing.frame_counter import read_counter

FIAPX = Path(sys.executable).with_name("fiapx")


def fiapx(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FIAPX, *words], cwd=cwd, capture_output=True, text=True, timeout=100, check=False)


def test_the_archive_has_exactly_the_frames_asked_for(clips: Clips, tmp_path: Path) -> None:
    video = clips.counter(frames=90).path
    done = fiapx("extract", "--local", str(video), "--sampling", '{"rule":"fps","fps":2}', "-o", "a.zip", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        *images, manifest, table = archive.namelist()
        assert [read_counter(archive.read(name)) for name in images] == [0, 15, 30, 45, 60, 75]
        told = json.loads(archive.read(manifest))
    assert (manifest, table) == ("manifest.json", "frames.csv")
    assert [frame["frame"] for frame in told["frames"]] == [0, 15, 30, 45, 60, 75]
    assert told["video"]["filename"] == video.name


@pytest.mark.parametrize("engine", ["libav", "ffmpeg"])
def test_either_engine_may_be_chosen(clips: Clips, tmp_path: Path, engine: str) -> None:
    video = clips.counter(frames=30).path
    done = fiapx("extract", "--local", str(video), "--engine", engine, "-o", "a.zip", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_archive_lies_beside_the_video_unless_told(clips: Clips, tmp_path: Path) -> None:
    video = tmp_path / "my film.mp4"
    video.write_bytes(clips.counter(frames=30).path.read_bytes())
    assert fiapx("extract", "--local", "my film.mp4", "--options", "legacy", cwd=tmp_path).returncode == 0
    with zipfile.ZipFile(tmp_path / "my film-frames.zip") as archive:
        assert archive.namelist()[0] == "frame_0001.png"


def test_warnings_are_told(clips: Clips, tmp_path: Path) -> None:
    video = clips.counter(frames=90).path
    done = fiapx("extract", "--local", str(video), "--options", '{"max_frames":1}', "-o", "a.zip", cwd=tmp_path)
    assert "warning:" in done.stderr
    assert "only the first 1" in done.stderr


def test_damage_is_told_where_what_decodes_is_kept(clips: Clips, tmp_path: Path) -> None:
    data = bytearray(clips.counter(frames=90, gop=15).path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    (tmp_path / "hurt.mp4").write_bytes(data)
    options = '{"sampling":{"rule":"fps","fps":30},"on_damage":"keep"}'
    done = fiapx("extract", "--local", "hurt.mp4", "--options", options, "-o", "a.zip", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        told = json.loads(archive.read("manifest.json"))
    assert "damaged" in [warning["code"] for warning in told["warnings"]]
    assert list(told["options"]) == sorted(told["options"])  # as the platform writes them
    assert "warning:" in done.stderr


def slides(folder: Path) -> Path:
    """Three pictures of ten frames each at 10 fps: bars, black, bars."""
    path = folder / "slides.mp4"
    bars = "smptebars=s=320x180:r=10:d=1"
    graph = f"{bars}[a];color=black:s=320x180:r=10:d=1[b];{bars}[c];[a][b][c]concat=n=3,format=yuv420p"
    words = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", graph, "-c:v", "libx264", "-qp", "0", str(path)]
    subprocess.run(words, check=True, timeout=60)
    return path


@pytest.mark.parametrize("engine", ["auto", "ffmpeg"])
def test_doubles_are_dropped_and_the_others_keep_their_numbers(tmp_path: Path, engine: str) -> None:
    options = '{"sampling":{"rule":"every","frames":1},"dedup":{"threshold":4},"format":"jpeg"}'
    words = ["--options", options, "-o", "a.zip", "--engine", engine]
    done = fiapx("extract", "--local", str(slides(tmp_path)), *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "27 of 30 frames were dropped" in " ".join(done.stderr.split())
    subprocess.run(["unzip", "-tqq", "a.zip"], cwd=tmp_path, check=True, timeout=60)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        told = json.loads(archive.read("manifest.json"))
        assert len(archive.namelist()) == 3 + 2
    assert [frame["index"] for frame in told["frames"]] == [1, 11, 21]
    assert [warned["code"] for warned in told["warnings"]] == ["deduplicated"]
    assert [frame["scores"]["black"] for frame in told["frames"]][1] == 1.0
    assert told["frames"][0]["scores"]["freeze"] is None
    assert all(frame["scores"]["freeze"] < 1 for frame in told["frames"][1:])


def test_scores_are_told_of_every_frame(tmp_path: Path) -> None:
    options = '{"sampling":{"rule":"fps","fps":5},"scores":true}'
    done = fiapx("extract", "--local", str(slides(tmp_path)), "--options", options, "-o", "a.zip", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        told = [frame["scores"] for frame in json.loads(archive.read("manifest.json"))["frames"]]
        table = list(csv.DictReader(io.StringIO(archive.read("frames.csv").decode())))
    assert len(told) == 15
    assert [scores["freeze"] == 1 for scores in told] == [number % 5 != 0 for number in range(15)]
    assert told[0]["sharpness"] > told[5]["sharpness"] == 0
    assert [line["hash"] for line in table] == [scores["hash"] for scores in told]
    assert [line["freeze"] for line in table[:2]] == ["", "1.0"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--sampling", '{"rule":"fps","fps":0}'], "options.sampling.fps: must be from 0.001 to 1000 frames"),
        (["--options", '{"formt":"png"}'], "options.formt"),
        (["--options", '{"scores":1}'], "options.scores: must be true or false"),
        (["--options", '{"dedup":{"threshold":65}}'], "options.dedup.threshold: must be a whole number from 0 to 64"),
        (["--options", "{"], "the options are no JSON"),
        (["--sampling", '{"rule":"fps"}', "--options", "{}"], "give --sampling or --options, not both"),
    ],
)
def test_wrong_options_name_the_field_and_write_nothing(
    clips: Clips, tmp_path: Path, words: list[str], reason: str
) -> None:
    video = clips.counter(frames=30).path
    done = fiapx("extract", "--local", str(video), "-o", "a.zip", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert reason in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())


def test_what_is_no_video_is_refused_and_leaves_the_old_archive(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("no film")
    (tmp_path / "a.zip").write_text("the old one")
    done = fiapx("extract", "--local", "film.mp4", "-o", "a.zip", cwd=tmp_path)
    assert done.returncode == 1
    assert "unsupported_container" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "film.mp4"]
    assert (tmp_path / "a.zip").read_text() == "the old one"


def test_the_video_is_not_replaced_by_its_archive(clips: Clips, tmp_path: Path) -> None:
    video = tmp_path / "film.mp4"
    video.write_bytes(clips.counter(frames=30).path.read_bytes())
    done = fiapx("extract", "--local", "film.mp4", "-o", "./film.mp4", cwd=tmp_path)
    assert done.returncode == 2
    assert video.read_bytes() == clips.counter(frames=30).path.read_bytes()


def test_names_are_no_markup(clips: Clips, tmp_path: Path) -> None:
    video = tmp_path / "[red]film.mp4"
    video.write_bytes(clips.counter(frames=30).path.read_bytes())
    done = fiapx("extract", "--local", video.name, "-o", "[bold]out.zip", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "[bold]out.zip" in done.stderr


def test_a_folder_that_is_not_there_is_named(clips: Clips, tmp_path: Path) -> None:
    done = fiapx("extract", "--local", str(clips.counter(frames=30).path), "-o", "gone/a.zip", cwd=tmp_path)
    assert done.returncode == 1
    assert "No such file or directory" in " ".join(done.stderr.split())


def test_without_local_it_says_what_to_do(clips: Clips, tmp_path: Path) -> None:
    done = fiapx("extract", str(clips.counter(frames=30).path), cwd=tmp_path)
    assert done.returncode == 2
    assert "--local" in done.stderr
