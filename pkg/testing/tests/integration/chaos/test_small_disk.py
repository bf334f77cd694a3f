import errno
from pathlib import Path
from typing import Final

from fiapx_testing.chaos.small_disk import fill, keep_full, release, small_disk

SIZE: Final = 64 << 20
PAGE: Final = bytes(8192)
"""What PostgreSQL writes at once."""


def has_room(disk: Path) -> bool:
    """For a page more."""
    page = disk / "page"
    try:
        page.write_bytes(PAGE)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
    finally:
        page.unlink(missing_ok=True)
    return True


def test_a_small_disk_can_be_filled_again_or_is_none(tmp_path: Path) -> None:
    """Only root may mount it, and not everywhere."""
    folder = tmp_path / "disk"
    with small_disk(folder, SIZE) as disk:
        assert folder.is_mount() == (disk is not None)
        if disk is not None:
            (disk / "copy").write_bytes(PAGE)
            fill(disk / "filler")
            assert not has_room(disk)
            (disk / "copy").unlink()
            assert has_room(disk)
            fill(disk / "filler")
            assert not has_room(disk)

    assert not folder.exists()


def test_a_disk_is_full_until_its_time_is_over(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", SIZE) as disk:
        room: list[bool] = []
        if disk is not None:
            keep_full(disk, 0.0, lambda: room.append(has_room(disk)))
            assert room == [False]
        assert has_room(disk or tmp_path)


def test_what_a_run_that_was_killed_left_is_released(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    left = small_disk(folder, SIZE)
    left.__enter__()
    (folder / "file").touch()

    release(folder)

    assert not folder.exists()
    with small_disk(folder, SIZE):
        assert [*folder.iterdir()] == []
