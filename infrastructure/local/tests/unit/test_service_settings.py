"""What each service is started with."""

from pathlib import Path

import pytest
from fiapx_local.layout import Layout
from fiapx_local.ports import Ports
from fiapx_local.service_settings import services
from fiapx_local.services import Service
from fiapx_local.settings import StackSettings


@pytest.fixture
def started(tmp_path: Path) -> dict[str, Service]:
    layout = Layout(tmp_path)
    layout.create()
    return {service.name: service for service in services(StackSettings(layout, Ports.from_base(20000)))}


def test_one_planner_and_two_workers_share_the_processing(started: dict[str, Service]) -> None:
    roles = {name: service.environment()["PROCESSING_ROLES"] for name, service in started.items() if _processes(name)}

    assert roles == {"planner": "planner,assembler", "worker-1": "worker", "worker-2": "worker"}


def test_no_service_knows_an_owners_password(started: dict[str, Service]) -> None:
    variables = [name for service in started.values() for name in service.environment()]

    assert [name for name in variables if "OWNER" in name] == []


def test_no_two_processes_listen_on_the_same_port(started: dict[str, Service]) -> None:
    listens = [
        value
        for service in started.values()
        for name, value in service.environment().items()
        if name.endswith("__LISTEN")
    ]

    assert len(set(listens)) == len(listens) == 13


def test_the_gateway_is_told_nothing_of_the_databases_and_the_store(started: dict[str, Service]) -> None:
    names = started["gateway"].environment()

    assert [name for name in names if "DSN" in name or "SECRET" in name or "BROKER" in name] == []


def test_one_other_origin_may_call_the_gateway_to_try_the_page_there(started: dict[str, Service]) -> None:
    assert started["gateway"].environment()["GATEWAY_HTTP__CORS_ORIGINS"] == '["http://127.0.0.1:20039"]'


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
