"""The scratch folders of several processes."""

import signal
import subprocess
import sys
from pathlib import Path

from processing_service.repositories.scratch import scratch_folder

HOLDING = """
import sys, time, pathlib
from processing_service.repositories.scratch import scratch_folder
with scratch_folder(pathlib.Path(sys.argv[1])) as folder:
    (folder / "copy").write_text("a source")
    print(folder, flush=True)
    time.sleep(60)
"""


def holder(parent: Path) -> tuple["subprocess.Popen[str]", Path]:
    """A process with a folder of its own."""
    process = subprocess.Popen([sys.executable, "-c", HOLDING, str(parent)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_folder_goes_with_its_block(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "scratch") as folder:
        (folder / "copy").write_text("a source")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_the_folder_of_a_killed_process_is_removed(tmp_path: Path) -> None:
    process, theirs = holder(tmp_path)
    end(process)
    with scratch_folder(tmp_path):
        assert not theirs.exists()


def test_the_folder_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    process, theirs = holder(tmp_path)
    try:
        with scratch_folder(tmp_path):
            assert (theirs / "copy").read_text() == "a source"
    finally:
        end(process)


def test_a_folder_that_was_only_just_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "process-new").mkdir()
    with scratch_folder(tmp_path):
        assert (tmp_path / "process-new").exists()
