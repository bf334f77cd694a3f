"""The operators' script reaches each service that has commands for them, wherever it runs."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / "infrastructure" / "scripts" / "fiapx-admin.sh").read_text()
# of processing-service, the one that is always there once
COMPONENTS = {"processing": "processing-planner"}


def with_commands() -> set[str]:
    return {file.parts[-4].removesuffix("-service") for file in ROOT.glob("*-service/src/*/admin.py")}


def component(service: str) -> str:
    return COMPONENTS.get(service, f"{service}-service")


def test_all_services_with_commands_are_asked() -> None:
    (listed,) = re.findall(r"all\) chosen=\((.*)\)", SCRIPT)
    assert set(listed.split()) == with_commands()
    assert all(f"component={name}" in SCRIPT for name in COMPONENTS.values())


def test_their_containers_have_these_names_in_compose() -> None:
    compose = yaml.safe_load((ROOT / "infrastructure" / "docker-compose.yml").read_text())
    assert {component(service) for service in with_commands()} <= set(compose["services"])


def test_their_deployments_have_these_names_in_the_chart() -> None:
    names = (ROOT / "infrastructure" / "kubernetes" / "fiapx" / "templates" / "_names.tpl").read_text()
    table = names.partition('define "fiapx.components"')[2].partition("{{- end }}")[0]
    assert {component(service) for service in with_commands()} <= set(re.findall(r"^([a-z-]+):$", table, re.MULTILINE))
