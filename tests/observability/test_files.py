"""The files themselves, judged by the programs that will read them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OBSERVABILITY = ROOT / "infrastructure/observability"
PROMETHEUS = OBSERVABILITY / "prometheus"
DASHBOARDS = sorted((OBSERVABILITY / "grafana/dashboards").glob("*.json"))
SOURCES = OBSERVABILITY / "grafana/provisioning/datasources/fiapx.yml"


def passes(*command: str | Path) -> None:
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_prometheus_understands_its_configuration_and_rules() -> None:
    passes("promtool", "check", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.parametrize("file", sorted((PROMETHEUS / "rules/tests").glob("*.yml")), ids=lambda path: path.stem)
def test_rules_say_what_their_tests_expect(file: Path) -> None:
    passes("promtool", "test", "rules", file)


def test_every_rule_has_a_test() -> None:
    tests = "".join(file.read_text() for file in (PROMETHEUS / "rules/tests").glob("*.yml"))
    groups = [
        group for file in (PROMETHEUS / "rules").glob("*.yml") for group in yaml.safe_load(file.read_text())["groups"]
    ]
    names = [rule.get("alert") or rule["record"] for group in groups for rule in group["rules"]]

    assert [name for name in names if name not in tests] == []


def test_alertmanager_understands_its_configuration() -> None:
    passes("amtool", "check-config", PROMETHEUS / "alertmanager.yml")


def test_dashboards_are_as_generated(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "grafana.generate", str(tmp_path)]
    subprocess.run(command, cwd=OBSERVABILITY, check=True, timeout=60)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        path.name: path.read_text() for path in DASHBOARDS
    }


def test_dashboards_have_identities_of_their_own() -> None:
    uids = [json.loads(path.read_text())["uid"] for path in DASHBOARDS]

    assert sorted(uids) == ["fiapx-dependencies", "fiapx-overview", "fiapx-pipeline", "fiapx-workers"]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_explains_itself(path: Path) -> None:
    panels = [panel for panel in json.loads(path.read_text())["panels"] if panel["type"] != "row"]
    silent = [
        panel["title"]
        for panel in panels
        if not panel["description"]
        or not panel["fieldConfig"]["defaults"]["unit"]
        or not all(target["legendFormat"] for target in panel["targets"])
    ]

    assert panels
    assert silent == []


def test_figures_lead_to_traces_and_traces_to_log_lines_and_back() -> None:
    sources = {source["uid"]: source["jsonData"] for source in yaml.safe_load(SOURCES.read_text())["datasources"]}

    assert sources["prometheus"]["exemplarTraceIdDestinations"] == [{"name": "trace_id", "datasourceUid": "traces"}]
    assert sources["traces"]["tracesToLogsV2"]["datasourceUid"] == "logs"
    assert [link["datasourceUid"] for link in sources["logs"]["dataLinks"]] == ["traces"]
