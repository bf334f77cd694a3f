"""Profile observability on Debian's Prometheus and Alertmanager; Debian has no Grafana, Jaeger and Collector."""

import json
from typing import Any

import pytest
from docker import DockerClient
from docker.models.containers import Container
from fiapx_testing.compose_projects import ComposeProject
from fiapx_testing.platforms import Platform

WITHIN_S = 360
JOBS = {
    "api-gateway",
    "auth-service",
    "upload-service",
    "processing-planner",
    "processing-worker",
    "notification-service",
    "rabbitmq",
    "rabbitmq-queues",
    "prometheus",
    "alertmanager",
}


@pytest.fixture(scope="module")
def prometheus(running: ComposeProject, docker: DockerClient) -> Container:
    """The profile's Prometheus, healthy, as is its Alertmanager."""
    running.up("--no-recreate", "prometheus", "alertmanager")
    labels = ["com.docker.compose.project=fiapx-proof", "com.docker.compose.service=prometheus"]
    [container] = docker.containers.list(filters={"label": labels})
    return container


def ask(prometheus: Container, path: str) -> Any:
    code, answer = prometheus.exec_run(["wget", "-qO-", f"http://127.0.0.1:9090/api/v1/{path}"])
    assert code == 0, answer.decode()
    return json.loads(answer)["data"]


def health(prometheus: Container) -> dict[str, set[str]]:
    """Per job the health of its targets."""
    found: dict[str, set[str]] = {}
    for target in ask(prometheus, "targets?state=active")["activeTargets"]:
        found.setdefault(target["labels"]["job"], set()).add(target["health"])
    return found


def test_every_job_finds_its_targets_and_all_answer(prometheus: Container) -> None:
    Platform.until(lambda: health(prometheus) == {job: {"up"} for job in JOBS}, within_s=WITHIN_S)


def test_every_worker_is_a_target_of_its_own(prometheus: Container) -> None:
    workers = [
        target["labels"]["instance"]
        for target in ask(prometheus, "targets?state=active")["activeTargets"]
        if target["labels"]["job"] == "processing-worker"
    ]
    assert len(set(workers)) == 2


def test_the_rules_are_loaded_and_evaluated(prometheus: Container) -> None:
    def well() -> bool:
        rules = [rule for group in ask(prometheus, "rules")["groups"] for rule in group["rules"]]
        return len(rules) > 20 and {rule["health"] for rule in rules} == {"ok"}

    Platform.until(well, within_s=WITHIN_S)


def test_alerts_have_a_way_out(prometheus: Container) -> None:
    managers = ask(prometheus, "alertmanagers")["activeAlertmanagers"]
    assert [manager["url"] for manager in managers] == ["http://alertmanager:9093/api/v2/alerts"]
