"""The cheapest measure of `make promises`, on a platform of its own."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.timeout(1800)
def test_every_consumer_comes_back_after_the_broker_was_killed(
    promises: Callable[..., tuple[int, dict[str, Any]]],
) -> None:
    _, results = promises("--quick", "--only", "broker-back")  # its status tells of times, which depend on the machine

    (measured,) = results["promises"]
    missing, longest = measured["figures"]
    assert (measured["promise"], measured["trouble"]) == ("broker-back", "")
    assert (missing["name"], missing["value"]) == ("consumers that did not come back", 0)
    assert longest["value"] > 0
