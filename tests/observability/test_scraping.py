"""Prometheus, configured as shipped, finds every component."""

from fiapx_testing.monitoring import Prometheus
from fiapx_testing.platforms import Platform


def test_every_target_answers(watch: Prometheus, platform: Platform) -> None:
    platform.until(lambda: all(target["health"] != "unknown" for target in watch.targets()))

    assert [(target["scrapeUrl"], target["lastError"]) for target in watch.targets() if target["health"] != "up"] == []
