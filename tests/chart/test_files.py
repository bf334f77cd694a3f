"""What stands elsewhere in the repository reaches the cluster unchanged; nothing is written down twice."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from fiapx_testing.charts import Chart, Rendered

_OPERATORS = ["monitoring.coreos.com/v1"]


@pytest.fixture(scope="module")
def monitored(chart: Chart) -> Rendered:
    return chart.render(apis=_OPERATORS)


def test_every_dashboard_becomes_a_configmap_that_grafana_finds(monitored: Rendered, root: Path) -> None:
    files = sorted((root / "infrastructure" / "observability" / "grafana" / "dashboards").glob("*.json"))
    found: dict[str, str] = {}
    for configmap in monitored.of_kind("ConfigMap").values():
        if "grafana_dashboard" in configmap["metadata"]["labels"]:
            found |= configmap["data"]
    assert sorted(found) == [file.name for file in files]
    assert [json.loads(found[file.name]) for file in files] == [json.loads(file.read_text()) for file in files]


def test_every_rule_becomes_a_prometheusrule(monitored: Rendered, root: Path) -> None:
    files = sorted((root / "infrastructure" / "observability" / "prometheus" / "rules").glob("*.yml"))
    written = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    rendered = [group for rule in monitored.of_kind("PrometheusRule").values() for group in rule["spec"]["groups"]]
    assert written != []
    assert sorted(rendered, key=name) == sorted(written, key=name)


def test_prometheus_scrapes_the_same_jobs_in_a_cluster_as_in_compose(monitored: Rendered, root: Path) -> None:
    config = yaml.safe_load((root / "infrastructure" / "observability" / "prometheus" / "prometheus.yml").read_text())
    compose = {
        job["job_name"]: (job.get("metrics_path", "/metrics"), job.get("params", {}))
        for job in config["scrape_configs"]
    }
    cluster: dict[str, tuple[str, Any]] = {}
    for monitor in monitored.of_kind("ServiceMonitor").values():
        component = monitor["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]
        for endpoint in monitor["spec"]["endpoints"]:
            job = next((rule["replacement"] for rule in endpoint.get("relabelings", [])), component)
            cluster[job] = (endpoint["path"], endpoint.get("params", {}))
    ours = {job for job in compose if job not in {"prometheus", "alertmanager"}}
    assert {job: compose[job] for job in ours} == cluster


def test_monitors_find_a_service_and_its_port(monitored: Rendered) -> None:
    services = monitored.of_kind("Service").values()
    for monitor in monitored.of_kind("ServiceMonitor").values():
        wanted = monitor["spec"]["selector"]["matchLabels"].items()
        (service,) = [one for one in services if wanted <= one["metadata"]["labels"].items()]
        ports = {port["name"] for port in service["spec"]["ports"]}
        assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= ports


def test_where_nothing_is_wanted_of_the_operators_nothing_is_rendered(chart: Chart) -> None:
    values = {"monitoring": {"serviceMonitors": False, "rules": False, "dashboards": False}}
    kinds = {manifest["kind"] for manifest in chart.render(values, apis=_OPERATORS).manifests}
    assert kinds.isdisjoint({"ServiceMonitor", "PrometheusRule"})


def test_a_cluster_without_the_operator_gets_nothing_of_it(trial: Rendered) -> None:
    assert {manifest["apiVersion"] for manifest in trial.manifests if "." in manifest["apiVersion"]} <= {
        "networking.k8s.io/v1"
    }


def name(group: dict[str, str]) -> str:
    return group["name"]
