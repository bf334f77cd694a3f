"""Calls to others, counted by how they ended."""

import asyncio
from contextlib import suppress

import pytest
from fiapx_common.errors import NotFound, Unavailable
from fiapx_common.metrics import calling
from prometheus_client import REGISTRY

AWAY = Unavailable("away", "It is away.")


def calls(result: str) -> float:
    labels = {"dependency": "somebody", "operation": "asked", "result": result}
    return REGISTRY.get_sample_value("fiapx_dependency_calls_total", labels) or 0.0


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (AWAY, "unavailable"),
        (NotFound("gone", "It is not there."), "refused"),
        (asyncio.CancelledError(), "cancelled"),
        (ValueError("a fault of ours"), "failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_error_is_counted_by_what_it_means_and_passes_on(error: BaseException, result: str) -> None:
    before = calls(result)

    with pytest.raises(type(error)), calling("somebody", "asked"):
        raise error

    assert calls(result) == before + 1


def test_an_absence_that_is_an_answer_is_no_outage() -> None:
    before = calls("unavailable")

    with suppress(Unavailable), calling("somebody", "asked", answers=(Unavailable,)):
        raise AWAY

    assert calls("unavailable") == before
