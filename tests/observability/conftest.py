"""The platform, watched as it ships: Prometheus with the shipped configuration, and Alertmanager."""

from collections.abc import Iterator

import pytest
from fiapx_testing.monitoring import Prometheus, alertmanager, free_address, prometheus
from fiapx_testing.monitoring_config import Pace, targets_of, write_alertmanager_config, write_prometheus_config
from fiapx_testing.platforms import Platform

PACE = Pace()


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
