"""How a file is cut, and when it is whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from fiapx_common.errors import Conflict, Invalid
from hypothesis import given
from hypothesis import strategies as st
from upload_service.entities.direct_upload import (
    DirectUpload,
    PartPlan,
    UploadedPart,
    lawful_sha256,
    lawful_size,
)
from upload_service.entities.errors import UploadCompleted, UploadExpired

MIB = 1 << 20
SMALLEST = 8 * MIB
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PLAN = PartPlan(20 * MIB, SMALLEST)
STORED = [UploadedPart(1, "a1", SMALLEST), UploadedPart(2, "b2", SMALLEST), UploadedPart(3, "c3", 4 * MIB)]
UPLOAD = DirectUpload(UUID(int=1), "x", PLAN, NOW + timedelta(hours=24))


@given(st.integers(1, 5 << 40))
def test_the_parts_are_lawful_and_together_the_file(size_bytes: int) -> None:
    plan = PartPlan.of(size_bytes, SMALLEST)
    assert 1 <= plan.count <= 10_000
    assert plan.part_size_bytes >= 5 * MIB
    assert plan.part_size_bytes % MIB == 0
    last = plan.size_of(plan.count)
    assert 1 <= last <= plan.part_size_bytes
    assert plan.part_size_bytes * (plan.count - 1) + last == size_bytes


@pytest.mark.parametrize(
    ("size_bytes", "part_mib", "count"),
    [
        (1, 8, 1),
        (8 * MIB, 8, 1),
        (8 * MIB + 1, 8, 2),
        (2 << 30, 8, 256),
        (10 << 30, 40, 256),
        (20 << 30, 64, 320),
        (1 << 40, 105, 9987),
    ],
)
def test_larger_files_have_larger_parts(size_bytes: int, part_mib: int, count: int) -> None:
    plan = PartPlan.of(size_bytes, SMALLEST)
    assert (plan.part_size_bytes, plan.count) == (part_mib * MIB, count)


def test_numbers_of_parts_are_taken_once_each() -> None:
    assert PLAN.lawful_numbers([3, 1, 3]) == (3, 1)


@pytest.mark.parametrize("numbers", [[], [0], [4], [-1], list(range(1, 102))])
def test_numbers_that_the_file_does_not_have_are_refused(numbers: list[int]) -> None:
    with pytest.raises(Invalid) as refused:
        PartPlan(101 * SMALLEST if len(numbers) > 1 else PLAN.size_bytes, SMALLEST).lawful_numbers(numbers)
    assert refused.value.code == "invalid_part_numbers"


def test_parts_are_joined_in_the_order_of_their_numbers() -> None:
    assert PLAN.whole(reversed(STORED), []) == tuple(STORED)


def test_what_the_client_believes_may_be_told_in_part_and_quoted() -> None:
    assert PLAN.whole(STORED, [UploadedPart(2, '"B2"', 0)]) == tuple(STORED)


REFUSALS: dict[str, tuple[list[UploadedPart], list[UploadedPart], str, str]] = {
    "missing": (STORED[1:2], [], "upload_incomplete", "missing: 1, 3."),
    "short": ([*STORED[:2], replace(STORED[2], size_bytes=1)], [], "part_size_mismatch", "have: 3."),
    "long last": ([*STORED[:2], replace(STORED[2], size_bytes=SMALLEST)], [], "part_size_mismatch", "have: 3."),
    "another ETag": (STORED, [UploadedPart(1, "a1", 0), UploadedPart(2, "x", 0)], "part_etag_mismatch", "told: 2."),
    "a part too many": (STORED, [UploadedPart(4, "d4", 0)], "part_etag_mismatch", "told: 4."),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_file_that_is_not_whole_is_refused_with_the_numbers_of_the_parts(case: str) -> None:
    stored, told, code, words = REFUSALS[case]
    with pytest.raises(Conflict) as refused:
        PLAN.whole(stored, told)
    assert refused.value.code == code
    assert words in refused.value.detail


def test_of_many_missing_parts_the_first_are_named() -> None:
    with pytest.raises(Conflict, match=r"19, 20 and 80 more\."):
        PartPlan(100 * SMALLEST, SMALLEST).whole([], [])


def test_an_upload_is_open_until_it_is_complete_or_its_time_is_over() -> None:
    UPLOAD.require_open(NOW)
    with pytest.raises(UploadExpired):
        UPLOAD.require_open(UPLOAD.expires_at)
    with pytest.raises(UploadCompleted):
        UPLOAD.completed(NOW).require_open(UPLOAD.expires_at)


def test_a_declared_digest_is_kept_in_lower_case() -> None:
    assert lawful_sha256("AB" * 32) == "ab" * 32
    assert lawful_sha256("") is None


@pytest.mark.parametrize("digest", ["ab" * 31, "ab" * 33, "xy" * 32, "ab" * 32 + "\n", "\uff11" * 64])
def test_what_is_no_sha256_is_refused(digest: str) -> None:
    with pytest.raises(Invalid) as refused:
        lawful_sha256(digest)
    assert refused.value.code == "invalid_sha256"


@pytest.mark.parametrize("size_bytes", [0, -1])
def test_a_file_of_no_bytes_is_refused(size_bytes: int) -> None:
    with pytest.raises(Invalid) as refused:
        lawful_size(size_bytes)
    assert refused.value.code == "invalid_size_bytes"
