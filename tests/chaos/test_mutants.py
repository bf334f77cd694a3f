"""Services with a fault of their own: `make chaos` must find each."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mutant", ["drop-outbox-rows", "ack-before-commit"])
def test_a_mutant_of_the_platform_is_found(chaos: Callable[..., tuple[int, dict[str, Any]]], mutant: str) -> None:
    few = ("--uploads", "16", "--seconds", "16", "--settles-within", "20")
    struck = ("--faults", "kill", "--programs", "upload", "upload-2", "--times", "2")

    status, results = chaos("--mutant", mutant, *few, *struck)

    assert status == 1
    assert "I1" in {breach["invariant"] for breach in results["breaches"]}
