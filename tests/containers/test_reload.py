"""compose/dev.yml: services run from mounted source and follow its changes."""

import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import DockerClient
from fiapx_local.checkout import ROOT
from fiapx_testing.compose_projects import ComposeProject
from fiapx_testing.platforms import Platform

NAME = "fiapx-reload"
SERVICES = (
    "api-gateway",
    "auth-service",
    "upload-service",
    "processing-planner",
    "processing-worker",
    "notification-service",
)
FOLDERS = (
    "api-gateway",
    "auth-service",
    "upload-service",
    "processing-service",
    "notification-service",
    "pkg",
    "proto",
)
NOT_SOURCE = shutil.ignore_patterns("tests", "node_modules", "__pycache__", ".*")
WITHIN_S = 240


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is mounted, to be changed."""
    copy = tmp_path_factory.mktemp("checkout")
    for folder in (*FOLDERS, "infrastructure"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=NOT_SOURCE)
    return copy


@pytest.fixture(scope="module")
def reloading(project: ComposeProject, checkout: Path) -> Iterator[ComposeProject]:
    """The services on mounted source, all healthy."""
    told = {**project.environment, "FIAPX_SUBNET": f"10.212.{secrets.randbelow(256)}.0/24", "FIAPX_WORKERS": "1"}
    overrides = (checkout / "infrastructure" / "compose" / "dev.yml", *project.overrides)
    mounted = ComposeProject(project.program, project.docker_url, NAME, told, overrides, checkout)
    try:
        mounted.up("--no-build", *SERVICES)
        yield mounted
    finally:
        mounted.down()


def events(docker: DockerClient, service: str) -> list[str]:
    """What a service has logged, in order; an event of ours is its name."""
    labels = [f"com.docker.compose.project={NAME}", f"com.docker.compose.service={service}"]
    [container] = docker.containers.list(filters={"label": labels})
    lines = [line for line in container.logs().decode().splitlines() if line.startswith("{")]
    return [json.loads(line)["message"] for line in lines]


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.usefixtures("reloading")
def test_a_change_of_a_service_reloads_it_alone(docker: DockerClient, checkout: Path) -> None:
    main = checkout / "auth-service" / "src" / "auth_service" / "__main__.py"
    change(main, "    serve(", '    import structlog\n\n    structlog.get_logger().info("source.changed")\n    serve(')
    Platform.until(lambda: events(docker, "auth-service").count("service.started") == 2, within_s=WITHIN_S)
    assert {service: events(docker, service).count("service.started") for service in SERVICES} == {
        **dict.fromkeys(SERVICES, 1),
        "auth-service": 2,
    }


@pytest.mark.usefixtures("reloading")
def test_a_change_of_what_is_shared_reloads_all_services(docker: DockerClient, checkout: Path) -> None:
    running = checkout / "pkg" / "common" / "src" / "fiapx_common" / "running.py"
    change(running, '"service.started"', '"service.started_anew"')

    def all_are_new() -> bool:
        return all("service.started_anew" in events(docker, service) for service in SERVICES)

    Platform.until(all_are_new, within_s=WITHIN_S)
