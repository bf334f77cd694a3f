"""The monitoring configuration that ships, with the addresses and the pace of a test; all else stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from fiapx_local.servers import RabbitMQ
from fiapx_local.service_settings import services
from fiapx_local.stack import Stack

SHIPPED: Final = Path(__file__).parents[4] / "infrastructure" / "observability" / "prometheus"
_DISCOVERIES: Final = ("dns_sd_configs", "static_configs")
_COMPONENTS: Final = {
    "auth": "auth-service",
    "upload": "upload-service",
    "planner": "processing-planner",
    "worker": "processing-worker",
    "notification": "notification-service",
    "gateway": "api-gateway",
}


@dataclass(frozen=True)
class Pace:
    """How fast a test goes, where operators have time."""

    every: str = "2s"
    """Between two scrapes, and between two evaluations of the rules."""
    alert_after: str = "4s"
    """Instead of each alert's `for`."""


def targets_of(stack: Stack) -> dict[str, list[str]]:
    """The addresses of a local stack by the job that scrapes them."""
    targets: dict[str, list[str]] = {name: [] for name in _COMPONENTS.values()}
    for service in services(stack.settings):
        targets[_COMPONENTS[service.name.partition("-")[0]]].append(service.address)
    broker = RabbitMQ(stack.settings).metrics_address
    return targets | {"rabbitmq": [broker], "rabbitmq-queues": [broker]}


def write_prometheus_config(folder: Path, targets: Mapping[str, list[str]], pace: Pace) -> Path:
    """The shipped prometheus.yml and rules in `folder`, each job's targets replaced by those given.

    Raises:
        KeyError: a job has no targets.
    """
    config = _read(SHIPPED / "prometheus.yml")
    config["global"] = {"scrape_interval": pace.every, "evaluation_interval": pace.every}
    for job in config["scrape_configs"]:
        for discovery in _DISCOVERIES:
            job.pop(discovery, None)
        job["static_configs"] = [{"targets": targets[job["job_name"]]}]
    config["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": targets["alertmanager"]}]}]
    (folder / "rules").mkdir()
    for rules in sorted((SHIPPED / "rules").glob("*.yml")):
        _write(folder / "rules" / rules.name, _hastened(_read(rules), pace))
    return _write(folder / "prometheus.yml", config)


def write_alertmanager_config(folder: Path, smtp_address: str, pace: Pace) -> Path:
    """The shipped alertmanager.yml in `folder`, with another SMTP server and without its long waits."""
    config = _read(SHIPPED / "alertmanager.yml")
    config["global"]["smtp_smarthost"] = smtp_address
    config["route"] |= {"group_wait": pace.every, "group_interval": pace.every}
    return _write(folder / "alertmanager.yml", config)


def _hastened(rules: dict[str, Any], pace: Pace) -> dict[str, Any]:
    for group in rules["groups"]:
        group.pop("interval", None)
        for rule in group["rules"]:
            if "for" in rule:
                rule["for"] = pace.alert_after
    return rules


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


def _write(path: Path, content: object) -> Path:
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path
