"""The platform, watched as it ships: Prometheus with the shipped configuration, and Alertmanager."""

import asyncio
from collections.abc import Iterator

import pytest
from fiapx_testing.clips import Clips
from fiapx_testing.driven_load import Load, drive
from fiapx_testing.journeys import Journey, travel
from fiapx_testing.monitoring import Prometheus, alertmanager, free_address, prometheus
from fiapx_testing.monitoring_config import Pace, targets_of, write_alertmanager_config, write_prometheus_config
from fiapx_testing.platforms import Platform
from fiapx_testing.traces import TraceReceiver, trace_receiver

PACE = Pace()


@pytest.fixture(scope="session")
def traces() -> Iterator[TraceReceiver]:
    """Where the platform's traces arrive."""
    with trace_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def otlp_endpoint(traces: TraceReceiver) -> str:
    """The platform sends its traces there."""
    return traces.endpoint


@pytest.fixture(scope="session")
def journey(platform: Platform, clips: Clips) -> Journey:
    """Somebody who signed up, had a film of 10 s taken apart, and got two mails."""
    travelled = travel(platform, clips.counter(frames=300, fps=30).path)
    travelled.learn(asyncio.run(platform.mailbox.wait_for(travelled.address, count=2)))
    return travelled


@pytest.fixture(scope="session")
def watch(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus and Alertmanager, scraping the platform."""
    folder = tmp_path_factory.mktemp("monitoring")
    smtp = f"{platform.stack.settings.host}:{platform.stack.settings.ports.inner.smtp}"
    here, alerts = free_address(), free_address()
    targets = targets_of(platform.stack) | {"prometheus": [here], "alertmanager": [alerts]}
    config = write_prometheus_config(folder, targets, PACE)
    with (
        alertmanager(write_alertmanager_config(folder, smtp, PACE), alerts, folder),
        prometheus(config, here, folder) as watching,
    ):
        yield watching


@pytest.fixture(scope="session")
def driven(platform: Platform, watch: Prometheus, clips: Clips, tmp_path_factory: pytest.TempPathFactory) -> Load:
    """What a bounded load came to; Prometheus has seen it before, between and after its two rounds."""
    return drive(platform, watch, clips, tmp_path_factory.mktemp("archives"))
