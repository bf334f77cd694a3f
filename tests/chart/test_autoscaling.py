"""The autoscalers, word for word; and that what they look at is what the code has."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from fiapx_testing.charts import Chart, Rendered
from processing_service.services.tasks import SEGMENTS_QUEUE

_GOLDEN = Path(__file__).with_name("golden")
_KEDA = "keda.sh/v1alpha1"
BY_QUEUE: dict[str, Any] = {"autoscaling": {"worker": {"metric": "queue"}}}
BY_KEDA: dict[str, Any] = {"autoscaling": {"worker": {"metric": "queue", "queueSource": "keda"}}}


def golden(name: str) -> Any:
    return yaml.safe_load((_GOLDEN / f"{name}.yaml").read_text())


def test_api_services_scale_on_cpu(trial: Rendered) -> None:
    for component in ("api-gateway", "auth-service", "upload-service"):
        spec = trial.of_component("HorizontalPodAutoscaler", component)["spec"]
        assert spec.pop("scaleTargetRef")["name"] == f"fiapx-{component}"
        assert spec == golden("api")


def test_workers_scale_on_cpu_where_nothing_else_is_asked_for(trial: Rendered) -> None:
    assert trial.of_component("HorizontalPodAutoscaler", "processing-worker")["spec"] == golden("worker-cpu")


def test_workers_scale_on_segments_per_worker_through_prometheus_adapter(chart: Chart) -> None:
    rendered = chart.render(BY_QUEUE)
    assert rendered.of_component("HorizontalPodAutoscaler", "processing-worker")["spec"] == golden("worker-queue")
    rules = rendered.of_kind("ConfigMap")["fiapx-adapter-rules"]["data"]["config.yaml"]
    assert yaml.safe_load(rules) == golden("adapter-rules")


def test_a_broker_elsewhere_is_not_looked_for_in_the_namespace(chart: Chart, root: Path) -> None:
    rendered = chart.render(files=[root / "infrastructure" / "kubernetes" / "values" / "production.yaml"])
    rules = yaml.safe_load(rendered.of_kind("ConfigMap")["fiapx-adapter-rules"]["data"]["config.yaml"])
    assert rules["externalRules"][0]["resources"] == {"namespaced": False}


def test_the_adapter_gives_the_metric_that_the_autoscaler_asks_for(chart: Chart) -> None:
    rendered = chart.render(BY_QUEUE)
    (metric,) = rendered.of_component("HorizontalPodAutoscaler", "processing-worker")["spec"]["metrics"]
    (rule,) = yaml.safe_load(rendered.of_kind("ConfigMap")["fiapx-adapter-rules"]["data"]["config.yaml"])[
        "externalRules"
    ]
    assert rule["name"]["as"] == metric["external"]["metric"]["name"]
    assert metric["external"]["metric"]["selector"]["matchLabels"] == {"queue": SEGMENTS_QUEUE}
    assert f'queue="{SEGMENTS_QUEUE}"' in rule["seriesQuery"]


def test_workers_scale_on_segments_per_worker_through_keda(chart: Chart) -> None:
    rendered = chart.render(BY_KEDA, apis=[_KEDA])
    scaled = rendered.of_component("ScaledObject", "processing-worker")["spec"]
    assert scaled == golden("worker-keda")
    assert scaled["triggers"][0]["metadata"]["queueName"] == SEGMENTS_QUEUE
    assert "fiapx-processing-worker" not in rendered.of_kind("HorizontalPodAutoscaler")


def test_keda_finds_the_brokers_login_in_the_workers_environment(chart: Chart) -> None:
    rendered = chart.render(BY_KEDA, apis=[_KEDA])
    asked = rendered.of_component("ScaledObject", "processing-worker")["spec"]["triggers"][0]["metadata"]
    (container,) = rendered.of_component("Deployment", "processing-worker")["spec"]["template"]["spec"]["containers"]
    assert {asked["usernameFromEnv"], asked["passwordFromEnv"]} <= {one["name"] for one in container["env"]}


@pytest.mark.parametrize("values", [{}, BY_QUEUE, BY_KEDA], ids=["cpu", "queue", "keda"])
def test_an_autoscaler_and_a_number_of_replicas_never_contradict_each_other(
    chart: Chart, values: dict[str, Any]
) -> None:
    rendered = chart.render(values, apis=[_KEDA])
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in rendered.of_kind("HorizontalPodAutoscaler").values()}
    scaled |= {one["spec"]["scaleTargetRef"]["name"] for one in rendered.of_kind("ScaledObject").values()}
    ours = rendered.of_kind("Deployment")
    fixed = {name for name, one in ours.items() if "replicas" in one["spec"]}
    assert scaled.isdisjoint(fixed)
    assert scaled | fixed == set(ours)


def test_without_autoscalers_replicas_are_as_told(chart: Chart) -> None:
    values = {"autoscaling": {"enabled": False}, "components": {"processing-worker": {"replicas": 5}}}
    rendered = chart.render(values)
    assert rendered.of_kind("HorizontalPodAutoscaler") == {}
    assert rendered.of_component("Deployment", "processing-worker")["spec"]["replicas"] == 5
