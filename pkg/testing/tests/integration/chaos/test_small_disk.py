import shutil
from pathlib import Path
from typing import Final

from fiapx_testing.chaos.small_disk import fill, keep_full, release, small_disk

SIZE: Final = 64 << 20


def test_a_small_disk_can_be_filled_again_or_is_none(tmp_path: Path) -> None:
    """Only root may mount it, and not everywhere."""
    folder = tmp_path / "disk"
    with small_disk(folder, SIZE) as disk:
        assert folder.is_mount() == (disk is not None)
        if disk is not None:
            (disk / "copy").write_bytes(bytes(4096))
            fill(disk / "filler")
            assert shutil.disk_usage(disk).free == 0
            (disk / "copy").unlink()
            fill(disk / "filler")
            assert shutil.disk_usage(disk).free == 0

    assert not folder.exists()


def test_a_disk_is_full_until_its_time_is_over(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", SIZE) as disk:
        folder = disk or tmp_path
        free: list[int] = []
        if disk is not None:
            keep_full(disk, 0.0, lambda: free.append(shutil.disk_usage(folder).free))
            assert free == [0]
        assert shutil.disk_usage(folder).free > 0


def test_what_a_run_that_was_killed_left_is_released(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    left = small_disk(folder, SIZE)
    left.__enter__()
    (folder / "file").touch()

    release(folder)

    assert not folder.exists()
    with small_disk(folder, SIZE):
        assert [*folder.iterdir()] == []
