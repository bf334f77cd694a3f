"""Installing, upgrading, stopping: what must come first, what stays, and how long things get to end."""

from pathlib import Path

import pytest
import yaml
from fiapx_common.http.ops import ops_routes
from fiapx_testing.charts import Chart, Rendered
from processing_service.bootstrap import _AFTER_DRAIN_S
from starlette.routing import Route

_DATABASES = ("auth", "upload", "processing", "notification")
_HOOK = "helm.sh/hook"


def hooks(rendered: Rendered) -> dict[str, str]:
    """Migrations that are hooks, and when they run."""
    jobs = [rendered.of_component("Job", f"{database}-migrate") for database in _DATABASES]
    annotated = {job["metadata"]["name"]: job["metadata"].get("annotations", {}).get(_HOOK) for job in jobs}
    return {name: hook for name, hook in annotated.items() if hook}


def test_migrations_run_before_a_release_whose_servers_are_there_already(production: Rendered) -> None:
    assert hooks(production) == {f"fiapx-{name}-migrate": "pre-install,pre-upgrade" for name in _DATABASES}


def test_no_hook_waits_for_a_database_that_comes_with_the_release(trial: Rendered) -> None:
    assert hooks(trial) == {}


def test_at_an_upgrade_the_database_is_there_and_migrations_run_before(chart: Chart) -> None:
    assert len(hooks(chart.render(upgrade=True))) == len(_DATABASES)


def test_no_hook_waits_for_a_store_that_comes_with_the_release(chart: Chart) -> None:
    elsewhere = {"host": "db.example", "existingSecret": "mine"}
    rendered = chart.render({"postgresql": {"enabled": False}, "externalPostgresql": elsewhere})
    assert set(hooks(rendered)) == {f"fiapx-{name}-migrate" for name in ("auth", "processing", "notification")}


def test_a_plain_migration_has_another_name_for_another_image(chart: Chart) -> None:
    names = [set(chart.render({"image": {"tag": tag}}).of_kind("Job")) for tag in ("1.0.0", "1.0.1")]
    assert names[0] & names[1] == {"fiapx-test"}


def test_random_passwords_differ_between_releases_and_outlive_them(chart: Chart, trial: Rendered) -> None:
    other = chart.render().of_kind("Secret")
    for name, secret in trial.of_kind("Secret").items():
        assert secret["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
        for key, value in secret["data"].items():
            assert value != other[name]["data"][key], (name, key)


def test_with_secrets_of_ones_own_the_chart_makes_none(production: Rendered) -> None:
    assert production.of_kind("Secret") == {}


def test_a_worker_is_killed_only_long_after_it_has_drained(trial: Rendered) -> None:
    pod = trial.of_component("Deployment", "processing-worker")["spec"]["template"]["spec"]
    (drain,) = [float(one["value"]) for one in pod["containers"][0]["env"] if one["name"] == "PROCESSING_DRAIN_S"]
    assert pod["terminationGracePeriodSeconds"] >= drain + _AFTER_DRAIN_S + 20
    assert drain + _AFTER_DRAIN_S <= 60


def test_a_longer_drain_makes_a_longer_grace(chart: Chart) -> None:
    rendered = chart.render({"components": {"processing-worker": {"drainSeconds": 300}}})
    pod = rendered.of_component("Deployment", "processing-worker")["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 345


def test_what_answers_calls_still_answers_while_others_hear_that_it_goes(trial: Rendered) -> None:
    for name, deployment in trial.of_kind("Deployment").items():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        if container["image"].startswith("fiapx/") and name != "fiapx-processing-worker":
            assert container["lifecycle"]["preStop"]["sleep"]["seconds"] == 5, name


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_probes_ask_for_paths_that_the_operators_door_has(trial: Rendered, probe: str) -> None:
    there = {route.path for route in ops_routes({}) if isinstance(route, Route)}
    for name, deployment in trial.of_kind("Deployment").items():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        if container["image"].startswith("fiapx/") and name != "fiapx-frontend":
            assert container[probe]["httpGet"]["path"] in there, name


def test_the_pages_probe_asks_for_a_path_that_nginx_has(trial: Rendered, root: Path) -> None:
    (container,) = trial.of_component("Deployment", "frontend")["spec"]["template"]["spec"]["containers"]
    sites = "".join(file.read_text() for file in (root / "frontend" / "nginx").iterdir())
    assert f"location = {container['readinessProbe']['httpGet']['path']} " in sites


def test_liveness_does_not_look_at_other_servers(trial: Rendered) -> None:
    paths = {
        container["livenessProbe"]["httpGet"]["path"]
        for deployment in trial.of_kind("Deployment").values()
        for container in deployment["spec"]["template"]["spec"]["containers"]
        if container["image"].startswith("fiapx/")
    }
    assert paths == {"/health/live", "/nginx-health"}


def test_the_ingress_sends_the_api_to_the_gateway_and_all_else_to_the_page(production: Rendered) -> None:
    (ingress,) = production.of_kind("Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    paths = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert paths == {"/api": "fiapx-api-gateway", "/.well-known": "fiapx-api-gateway", "/": "fiapx-frontend"}


def test_kubectl_gets_nothing_that_only_helm_understands(chart: Chart, root: Path) -> None:
    rendered = chart.render(files=[root / "infrastructure" / "kubernetes" / "values" / "kubectl.yaml"])
    assert rendered.of_kind("Secret") == {}
    text = yaml.safe_dump([one for one in rendered.manifests if one["metadata"]["name"] != "fiapx-test"])
    assert _HOOK not in text
