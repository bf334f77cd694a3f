from typing import Any

import pytest
from fiapx_testing.api_benchmarks.wrk import Load

TOLD: dict[str, Any] = {"requests": 500, "microseconds": 2_000_000, "failed": 0, "p50_us": 1500, "p99_us": 9000}


def test_a_load_is_told_in_requests_a_second_and_milliseconds() -> None:
    assert Load.of(TOLD) == Load(per_s=250, p50_ms=1.5, p99_ms=9)


@pytest.mark.parametrize("told", [{"failed": 1}, {"requests": 0}], ids=["one failed", "none was answered"])
def test_a_load_that_did_not_work_is_no_figure(told: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        Load.of(TOLD | told)
