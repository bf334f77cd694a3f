"""The short form of `make chaos`, on a platform of its own."""

from collections.abc import Callable
from typing import Any

import pytest

KINDS = ("postgres", "rabbitmq", "redis", "store", "auth", "upload", "planner", "worker-1", "notification", "gateway")


@pytest.mark.timeout(1800)
def test_thirty_uploads_lose_nothing_while_each_kind_of_program_is_killed(
    chaos: Callable[..., tuple[int, dict[str, Any]]],
) -> None:
    status, results = chaos("--uploads", "30", "--seconds", "40", "--faults", "kill", "--programs", *KINDS)

    assert results["breaches"] == []
    assert status == 0, results
    assert results["promises"] >= 30
    assert {row["target"] for row in results["recoveries"]} == {*KINDS}
