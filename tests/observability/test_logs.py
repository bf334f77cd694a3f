"""The services' log lines on their way: through a real shipper, against the index template that ships."""

import json
import subprocess
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

import pytest
from fiapx_local.service_settings import services
from fiapx_testing.index_mapping import IndexMapping
from fiapx_testing.journeys import Journey
from fiapx_testing.log_shipping import Document, bulk_endpoint, shipping
from fiapx_testing.platforms import Platform

TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "observability" / "elk" / "index-template.json"


def lines_of(file: Path) -> list[str]:
    return file.read_text().splitlines()


def field(document: Document, *path: str) -> object:
    """A field by its path; dots in names are as good as nesting."""
    dotted: object = document.get(".".join(path))
    found: object = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return dotted if found is None else found


@pytest.fixture(scope="module")
def files(platform: Platform, journey: Journey) -> list[Path]:
    """What the services' processes have written."""
    settings = platform.stack.settings
    return [settings.layout.log(service.name) for service in services(settings)]


@pytest.fixture(scope="module")
def crashed(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a service writes that can't start: its port is taken by the one that runs."""
    service = next(one for one in services(platform.stack.settings) if one.name == "auth")
    file = tmp_path_factory.mktemp("crashed") / "crashed.log"
    with file.open("wb") as log:
        command = [sys.executable, "-m", service.package]
        environment = {"PATH": "/usr/bin:/bin", **service.environment()}
        ended = subprocess.run(
            command, check=False, cwd=service.directory, env=environment, stdout=log, stderr=log, timeout=60
        )
    assert ended.returncode == 1
    return file


@pytest.fixture(scope="module")
def shipped(files: Sequence[Path], crashed: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    """All lines, as they arrived."""
    everything = [*files, crashed]
    written = sum(line.startswith("{") for file in everything for line in lines_of(file))
    with bulk_endpoint() as (endpoint, port), shipping(everything, port, tmp_path_factory.mktemp("shipping")):
        return endpoint.wait_for(written)


def test_a_service_writes_nothing_but_lines_of_json(files: Sequence[Path]) -> None:
    others = [line for file in files for line in lines_of(file) if not line.startswith("{")]
    assert others == []


def test_every_field_that_arrives_is_in_the_index_template_and_of_its_type(shipped: list[Document]) -> None:
    mapping = IndexMapping(json.loads(TEMPLATE.read_text()))
    assert {told for document in shipped for told in mapping.complaints(document)} == set()


def test_every_line_says_when_who_and_how_grave(shipped: list[Document]) -> None:
    wanted = (("@timestamp",), ("service", "name"), ("log", "level"), ("ecs", "version"), ("message",))
    assert [one for one in shipped if not all(field(one, *path) for path in wanted)] == []


def test_an_exception_arrives_with_its_type_its_words_and_its_stack(shipped: list[Document]) -> None:
    failed = [one for one in shipped if field(one, "event", "action") == "service.failed"]
    assert len(failed) == 1
    assert field(failed[0], "error", "type") in {"OSError", "RuntimeError"}
    assert "Traceback" in str(field(failed[0], "error", "stack_trace"))


def test_the_lines_of_a_trace_are_found_by_its_id_in_every_service_that_wrote_any(
    shipped: list[Document], journey: Journey
) -> None:
    found = {field(one, "service", "name") for one in shipped if field(one, "trace", "id") == journey.upload_trace}
    assert {"upload-service", "processing-planner", "notification-service"} <= found


def test_the_shipper_writes_to_an_index_that_the_template_is_for() -> None:
    patterns = json.loads(TEMPLATE.read_text())["index_patterns"]
    assert any(fnmatch("logs-fiapx-default", pattern) for pattern in patterns)
