"""What each service is started with."""

from pathlib import Path

import pytest
from fiapx_local.layout import Layout
from fiapx_local.ports import Ports
from fiapx_local.service_settings import services
from fiapx_local.services import Service
from fiapx_local.settings import StackSettings


def of_stack(tmp_path: Path, *, replicas: int) -> dict[str, Service]:
    layout = Layout(tmp_path)
    layout.create()
    settings = StackSettings(layout, Ports.from_base(20000), replicas=replicas)
    return {service.name: service for service in services(settings)}


def listens(started: dict[str, Service]) -> list[str]:
    return [
        value
        for service in started.values()
        for name, value in service.environment().items()
        if name.endswith("__LISTEN")
    ]


@pytest.fixture
def started(tmp_path: Path) -> dict[str, Service]:
    return of_stack(tmp_path, replicas=1)


@pytest.fixture
def replicated(tmp_path: Path) -> dict[str, Service]:
    return of_stack(tmp_path, replicas=2)


def test_one_planner_and_two_workers_share_the_processing(started: dict[str, Service]) -> None:
    roles = {name: service.environment()["PROCESSING_ROLES"] for name, service in started.items() if _processes(name)}

    assert roles == {"planner": "planner,assembler", "worker-1": "worker", "worker-2": "worker"}


def test_no_service_knows_an_owners_password(started: dict[str, Service]) -> None:
    variables = [name for service in started.values() for name in service.environment()]

    assert [name for name in variables if "OWNER" in name] == []


def test_no_two_processes_listen_on_the_same_port(started: dict[str, Service]) -> None:
    assert len(set(listens(started))) == len(listens(started)) == 13


def test_no_two_replicas_listen_on_the_same_port(replicated: dict[str, Service]) -> None:
    assert len(set(listens(replicated))) == len(listens(replicated)) == 22


def test_two_replicas_are_two_of_every_service(replicated: dict[str, Service]) -> None:
    each = {service.folder: 0 for service in replicated.values()}
    for service in replicated.values():
        each[service.folder] += 1

    assert each == {
        "auth-service": 2,
        "upload-service": 2,
        "processing-service": 4,
        "notification-service": 2,
        "api-gateway": 2,
    }


def test_a_gateway_knows_all_replicas_of_a_service(replicated: dict[str, Service]) -> None:
    listening = {replicated[name].environment()["AUTH_GRPC__LISTEN"] for name in ("auth", "auth-2")}

    for name in ("gateway", "gateway-2"):
        target = replicated[name].environment()["GATEWAY_AUTH_TARGET"]
        assert set(target.removeprefix("ipv4:").split(",")) == listening


def test_every_process_is_told_where_traces_go(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.create()
    settings = StackSettings(layout, Ports.from_base(20000), otlp_endpoint="http://127.0.0.1:4317")

    for service in services(settings):
        assert service.environment()[f"{service.prefix}_TELEMETRY__OTLP_ENDPOINT"] == "http://127.0.0.1:4317"


def test_the_gateway_is_told_nothing_of_the_databases_and_the_store(started: dict[str, Service]) -> None:
    names = started["gateway"].environment()

    assert [name for name in names if "DSN" in name or "SECRET" in name or "BROKER" in name] == []


def test_one_other_origin_may_call_the_gateway_to_try_the_page_there(started: dict[str, Service]) -> None:
    assert started["gateway"].environment()["GATEWAY_HTTP__CORS_ORIGINS"] == '["http://127.0.0.1:20039"]'


def test_every_process_and_every_image_keep_to_two_arenas_of_memory(started: dict[str, Service]) -> None:
    for service in started.values():
        dockerfile = (service.directory / "Dockerfile").read_text()
        assert service.environment()["MALLOC_ARENA_MAX"] == "2"
        assert " MALLOC_ARENA_MAX=2 " in dockerfile, service.folder


def test_every_service_has_a_database_role_of_its_own(started: dict[str, Service]) -> None:
    roles = {
        value.split("//")[1].split(":")[0]
        for service in started.values()
        for name, value in service.environment().items()
        if name.endswith("POSTGRES__DSN")
    }

    assert roles == {"auth", "upload", "processing", "notification"}


def _processes(name: str) -> bool:
    return name == "planner" or name.startswith("worker")
