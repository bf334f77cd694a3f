import shutil
from pathlib import Path

from fiapx_testing.chaos.faults.filling_scratch import fill
from fiapx_testing.chaos.small_disk import release, small_disk


def test_a_small_disk_can_be_filled_again_or_is_none(tmp_path: Path) -> None:
    """Only root may mount it, and not everywhere."""
    folder = tmp_path / "disk"
    with small_disk(folder) as disk:
        assert folder.is_mount() == (disk is not None)
        if disk is not None:
            (disk / "copy").write_bytes(bytes(4096))
            fill(disk / "filler")
            assert shutil.disk_usage(disk).free == 0
            (disk / "copy").unlink()
            fill(disk / "filler")
            assert shutil.disk_usage(disk).free == 0

    assert not folder.exists()


def test_what_a_run_that_was_killed_left_is_released(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    left = small_disk(folder)
    left.__enter__()
    (folder / "file").touch()

    release(folder)

    assert not folder.exists()
    with small_disk(folder):
        assert [*folder.iterdir()] == []
