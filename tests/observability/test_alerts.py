"""An alert that fires for real, and the mail that it becomes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fiapx_testing.monitoring import Prometheus
from fiapx_testing.platforms import Platform

OPERATORS = "operators@fiapx.example"
WORKERS = ("worker-1", "worker-2")
FIRES_WITHIN_S = 240
ENDS_WITHIN_S = 480


@contextmanager
def stopped(platform: Platform, programs: tuple[str, ...]) -> Iterator[None]:
    supervisor = platform.stack.supervisor
    supervisor.stop(programs)
    try:
        yield
    finally:
        for program in programs:
            supervisor.start(program)


def firing(watch: Prometheus) -> set[str]:
    return {alert["labels"]["alertname"] for alert in watch.alerts() if alert["state"] == "firing"}


@pytest.mark.kills
async def test_without_workers_an_alert_fires_becomes_a_mail_and_ends_when_they_are_back(
    watch: Prometheus, platform: Platform
) -> None:
    with stopped(platform, WORKERS):
        platform.until(lambda: "NoWorkerAlive" in firing(watch), within_s=FIRES_WITHIN_S)
        mails = await platform.mailbox.wait_for(OPERATORS, timeout_s=FIRES_WITHIN_S)

    platform.until(lambda: "NoWorkerAlive" not in firing(watch), within_s=ENDS_WITHIN_S)
    assert any("NoWorkerAlive" in mail.subject for mail in mails)
    assert any("docs/runbook/alerts.md#noworkeralive" in mail.html for mail in mails)
