"""Names of metrics: what is shown is exported, what is exported is shown or explained, what alerts is explained."""

import json
import re
from pathlib import Path

import pytest
import yaml
from fiapx_testing.driven_load import Load
from fiapx_testing.monitoring import Prometheus

ROOT = Path(__file__).parents[2]
OBSERVABILITY = ROOT / "infrastructure/observability"
RULES = sorted((OBSERVABILITY / "prometheus/rules").glob("*.yml"))
NAME = re.compile(r"(?<![\w:.])(?:fiapx|rabbitmq|process)_[a-z_]+(?![\w:])")
SUFFIXES = re.compile(r"_(bucket|sum|count|created|total)$")


def expressions() -> list[str]:
    dashboards = [json.loads(path.read_text()) for path in (OBSERVABILITY / "grafana/dashboards").glob("*.json")]
    targets = [target for board in dashboards for panel in board["panels"] for target in panel.get("targets", ())]
    return [target["expr"] for target in targets] + [rule["expr"] for rule in rules()]


def rules() -> list[dict[str, str]]:
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def family(name: str) -> str:
    return SUFFIXES.sub("", name)


def used() -> set[str]:
    return {family(name) for expression in expressions() for name in NAME.findall(expression)}


def exported(watch: Prometheus) -> set[str]:
    return {family(name) for name in watch.families()}


def test_every_metric_that_is_shown_or_judged_is_exported(watch: Prometheus, driven: Load) -> None:
    partial = {"rabbitmq_alarms_"}  # the beginning of an expression that names two

    assert used() - partial - exported(watch) == set()


def test_every_metric_of_ours_is_shown_judged_or_explained(watch: Prometheus, driven: Load) -> None:
    explained = {family(name) for name in NAME.findall((ROOT / "docs/operations.md").read_text())}
    ours = {name for name in exported(watch) if name.startswith("fiapx_")}

    assert ours - used() - explained == set()


@pytest.mark.parametrize("rule", [rule for rule in rules() if "alert" in rule], ids=lambda rule: str(rule["alert"]))
def test_every_alert_has_words_and_a_chapter_of_the_runbook(rule: dict[str, dict[str, str]]) -> None:
    notes = rule["annotations"]
    path, _, anchor = notes["runbook_url"].partition("#")
    chapters = re.findall(r"^## (\w+)$", (ROOT / path).read_text(), re.MULTILINE)

    assert notes["summary"]
    assert notes["description"]
    assert rule["labels"]["severity"] in {"page", "warning"}
    assert anchor == str(rule["alert"]).lower()
    assert str(rule["alert"]) in chapters
