"""What one more file may take."""

import pytest
from upload_service.entities.errors import FileTooLarge, StorageQuotaExceeded, VideoQuotaExceeded, in_units
from upload_service.entities.quota import Allowance, Quota, Usage

GIB = 1 << 30
QUOTA = Quota(file_bytes=20 * GIB, videos=2000, stored_bytes=200 * GIB)


def allowance(videos: int = 0, stored_bytes: int = 0) -> Allowance:
    return Allowance(QUOTA, Usage(videos, stored_bytes))


def test_a_file_of_the_largest_size_is_admitted_and_accepted() -> None:
    allowance(1999, 180 * GIB).admit(20 * GIB)
    allowance(1999, 180 * GIB).accept(20 * GIB)


def test_a_forms_other_fields_do_not_count_as_the_file() -> None:
    allowance().admit(20 * GIB + 64 * 1024)
    with pytest.raises(FileTooLarge, match="20 GiB"):
        allowance().admit(20 * GIB + 64 * 1024 + 1)


def test_a_file_beyond_the_limit_is_refused() -> None:
    with pytest.raises(FileTooLarge):
        allowance().hold(20 * GIB + 1)


def test_one_video_too_many_is_refused_early_and_late() -> None:
    for refuse in (allowance(2000).admit, allowance(2000).accept):
        with pytest.raises(VideoQuotaExceeded, match="2,000 videos"):
            refuse(1)


def test_bytes_beyond_the_users_storage_are_refused() -> None:
    with pytest.raises(StorageQuotaExceeded, match="200 GiB"):
        allowance(stored_bytes=200 * GIB).accept(1)


def test_a_full_storage_refuses_an_unknown_size_only_when_it_grows() -> None:
    allowance(stored_bytes=200 * GIB).admit(0)
    with pytest.raises(StorageQuotaExceeded):
        allowance(stored_bytes=200 * GIB).hold(1)


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (12 << 20, "12 MiB"), (3 << 40, "3 TiB")],
)
def test_sizes_are_told_in_units(size_bytes: int, words: str) -> None:
    assert in_units(size_bytes) == words
