"""Images of others: one version of each, wherever it is named."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from fiapx_testing.container_host import IMAGES

ROOT = Path(__file__).parents[2]
INFRASTRUCTURE = ROOT / "infrastructure"
COMPOSE = (INFRASTRUCTURE / "docker-compose.yml", *sorted((INFRASTRUCTURE / "compose").glob("*.yml")))
CHART = INFRASTRUCTURE / "kubernetes" / "fiapx" / "values.yaml"
DOCKERFILES = sorted(ROOT.glob("*/Dockerfile"))
ELASTIC = {"elasticsearch", "logstash", "kibana", "docker.elastic.co/beats/filebeat"}


def images_below(node: Any) -> Iterator[str]:
    """The values of all keys `image`."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "image" and isinstance(value, str):
                yield value
            else:
                yield from images_below(value)


def repository_of(image: str) -> str:
    return image.partition("@")[0].partition(":")[0]


@cache
def named() -> dict[str, dict[str, str]]:
    """Per repository of images: where it is named, and how."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for file in (*COMPOSE, CHART):
        for image in images_below(yaml.safe_load(file.read_text())):
            if not image.startswith("fiapx/"):
                found[repository_of(image)][str(file.relative_to(ROOT))] = image
    for file in DOCKERFILES:
        for image in re.findall(r"^ARG \w+_IMAGE=(\S+)$", file.read_text(), flags=re.MULTILINE):
            found[repository_of(image)][str(file.relative_to(ROOT))] = image
    return dict(found)


def test_the_chart_names_the_servers_of_compose() -> None:
    chart = str(CHART.relative_to(ROOT))
    in_both = {name for name, places in named().items() if chart in places and len(places) > 1}
    in_chart = {name for name, places in named().items() if chart in places}
    assert in_both == in_chart
    assert len(in_both) == 7


@pytest.mark.parametrize("repository", sorted(named()))
def test_an_image_has_one_version(repository: str) -> None:
    assert len(set(named()[repository].values())) == 1, named()[repository]


def test_elastics_programs_are_of_one_release() -> None:
    assert named().keys() >= ELASTIC
    assert len({image.partition(":")[2] for name in ELASTIC for image in named()[name].values()}) == 1


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.parent.name)
def test_a_base_is_an_argument_with_a_digest(file: Path) -> None:
    text = file.read_text()
    assert re.findall(r"^FROM (?!\$\{\w+_IMAGE\})", text, flags=re.MULTILINE) == []
    bases = re.findall(r"^ARG \w+_IMAGE=(\S+)$", text, flags=re.MULTILINE)
    assert bases
    assert [base for base in bases if not re.fullmatch(r"[^:@]+:[^:@]+@sha256:[0-9a-f]{64}", base)] == []


@pytest.mark.parametrize("server", sorted(IMAGES.keys() - {"mail"}))
def test_tests_in_containers_use_the_release_that_ships(server: str) -> None:
    shipped = named()[repository_of(IMAGES[server])].values()
    assert {image.partition("@")[0] for image in shipped} == {IMAGES[server]}


def test_tests_in_containers_catch_mail_as_the_local_stack_does() -> None:
    package = json.loads((INFRASTRUCTURE / "local" / "package.json").read_text())
    assert IMAGES["mail"] == f"maildev/maildev:{package['dependencies']['maildev']}"
